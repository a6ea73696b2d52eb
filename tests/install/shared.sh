#!/usr/bin/env bash
# What examples/fetch_content has built, installed: the program runs, and its liblcn.so exports the interface of lcn alone.
# Weak symbols count: an instance of a C++ template is shared with whoever has one of that name.
set -euo pipefail

build=$SCRATCH/fetch_content/build
prefix=$SCRATCH/fetch_content/installed
rm -rf "$prefix"
for component in Unspecified runtime; do
    "$CMAKE" --install "$build" --prefix "$prefix" --component $component >/dev/null
done
[ ! -e "$prefix/include" ] || { echo "the component runtime has headers" && exit 1; }
"$prefix/bin/fit"

library=$(echo "$prefix"/lib*/liblcn.so.*.*.*)
exported=$(nm -D --defined-only --demangle "$library" | cut -d ' ' -f 2-)
echo "$exported"
foreign=$(grep -v '^T lcn::[a-z_]*(' <<<"$exported") && echo "not of the interface: $foreign" && exit 1
grep -q '^T lcn::forward(' <<<"$exported"
readelf -d "$library" | grep SONAME | grep -E '\[liblcn\.so\.[0-9]+\.[0-9]+\]'
