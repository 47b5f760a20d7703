# Runs the set-up commands of a repository while its image is built: as root, in /workspace, with
# network. What they leave there, beside the repository's own files, is put where every checkout
# takes it from; the files themselves are not wanted, since a checkout brings its own.
set -eu
here=/opt/storyfleet/setup
products=/opt/storyfleet/checkout
export HOME=/root DEBIAN_FRONTEND=noninteractive
if [ -s "$here/extra.pem" ]; then
  trusted=$here/trusted.pem
  for public in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    if [ -s "$public" ]; then
      cat "$public" >"$trusted"
      break
    fi
  done
  cat "$here/extra.pem" >>"$trusted"
  export SSL_CERT_FILE=$trusted PIP_CERT=$trusted REQUESTS_CA_BUNDLE=$trusted
  export CURL_CA_BUNDLE=$trusted GIT_SSL_CAINFO=$trusted CARGO_HTTP_CAINFO=$trusted
  export NODE_EXTRA_CA_CERTS=$here/extra.pem
fi
number=1
while [ -f "$here/command-$number" ]; do
  echo "+ $(cat "$here/command-$number")"
  (cd /workspace && sh -e "$here/command-$number") </dev/null
  number=$((number + 1))
done
(cd /workspace && sh "$here/remove-files")
mkdir -p "$products"
cp -a /workspace/. "$products/"
rm -rf /workspace "$here" 2>/dev/null
mkdir -p /workspace
chmod -R a+rX "$products"
