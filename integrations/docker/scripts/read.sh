# read PATH: exits 3 where there is no such file.
cd /workspace && [ -f "./$1" ] || exit 3
cat "./$1"
