import unittest

from units import feet_to_metres, metres_to_feet


class LengthTest(unittest.TestCase):
    def test_metres_to_feet(self):
        self.assertAlmostEqual(metres_to_feet(2), 6.56167979)

    def test_there_and_back(self):
        self.assertAlmostEqual(feet_to_metres(metres_to_feet(12.5)), 12.5)


if __name__ == "__main__":
    unittest.main()
