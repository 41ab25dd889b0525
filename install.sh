#!/bin/sh
# Builds CentralPay from this directory and installs it, or starts the demonstration.
set -eu

name=centralpay
unit=/etc/systemd/system/$name.service
config=/etc/$name.conf
data=/var/lib/$name
least_toolchain=6.2
# How the binary is built; .ci/run reads this line. The linker of the toolchain drops what nothing calls and folds
# functions with the same code; debug information would only be stripped, and makes the tables for unwinding longer.
flags='-c release -debug-info-format none -Xswiftc -static-executable -Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -use-ld=lld -Xlinker --icf=all -Xlinker -s'

usage() {
    cat <<END
Usage: ./install.sh [--prefix DIR] [--demo [OPTIONS]] [--uninstall] [--help]

Builds one static binary and installs it to DIR/bin. DIR is /usr/local for the superuser and ~/.local for others.
As the superuser on a machine with systemd it also sets up and starts a service of its own user.

  --prefix DIR   Install below DIR.
  --demo         Build, and run the demonstration in the foreground; what follows goes to centralpay demo.
  --uninstall    Remove the binary and the service; data and settings stay.
  --help         Print this.
END
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

say() {
    printf '%s\n' "$1" >&2
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

has_systemd() {
    is_root && [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1
}

check_toolchain() {
    command -v swift >/dev/null 2>&1 ||
        fail "the Swift toolchain is missing: install version $least_toolchain or newer from https://www.swift.org/install and put it on the PATH"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "swift --version does not answer: the Swift toolchain is broken"
    major=${version%%.*}
    minor=${version#*.}
    if [ "$major" -lt "${least_toolchain%%.*}" ] ||
        { [ "$major" -eq "${least_toolchain%%.*}" ] && [ "$minor" -lt "${least_toolchain#*.}" ]; }; then
        fail "Swift $version is too old: version $least_toolchain or newer is needed, from https://www.swift.org/install"
    fi
}

# Sets $binary.
build() {
    check_toolchain
    binary=$(build_with -c release --show-bin-path)/$name
    # Left beside the binary by the last build of this kind.
    mark=$binary.installable
    if [ -x "$binary" ] && [ -e "$mark" ] &&
        [ -z "$(find "$source/Package.swift" "$source/install.sh" "$source/Sources" "$binary" -newer "$mark" -print | head -n 1)" ]; then
        return 0
    fi
    say "Building with Swift $version; the first time takes some minutes."
    # Standard output belongs to whoever runs this, such as the demonstration's line that tells its address.
    # shellcheck disable=SC2086  # The words of flags.
    build_with $flags --product $name >&2 ||
        fail "the build failed; the lines above say why"
    [ -x "$binary" ] || fail "the build made no $binary"
    touch "$mark"
}

build_with() {
    swift build --package-path "$source" "$@"
}

install_binary() {
    mkdir -p "$prefix/bin" || fail "cannot make $prefix/bin: name another with --prefix"
    # A new file and a rename, so that a running server keeps its own.
    cp "$binary" "$prefix/bin/.$name.new" || fail "cannot write to $prefix/bin: name another with --prefix"
    chmod 755 "$prefix/bin/.$name.new"
    mv -f "$prefix/bin/.$name.new" "$prefix/bin/$name"
    say "Installed $prefix/bin/$name"
}

write_config() {
    [ -e "$config" ] && return 0
    cat >"$config" <<END
# Settings of the CentralPay service; centralpay serve --help lists them.
data = $data
listen = 127.0.0.1:8080
# public-url = https://pay.example
END
    chmod 644 "$config"
}

write_unit() {
    cat >"$unit" <<END
[Unit]
Description=CentralPay payment server
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=$name
Group=$name
ExecStart=$prefix/bin/$name serve --config $config
Restart=on-failure
RestartSec=2
TimeoutStopSec=25
StateDirectory=$name
StateDirectoryMode=0700
UMask=0077
LimitNOFILE=65536
LimitCORE=0
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
AmbientCapabilities=CAP_NET_BIND_SERVICE
IPAddressDeny=169.254.169.254
LockPersonality=yes
MemoryDenyWriteExecute=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
END
    chmod 644 "$unit"
}

set_up_service() {
    if ! id "$name" >/dev/null 2>&1; then
        useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin "$name" ||
            fail "cannot add the user $name"
    fi
    write_config
    write_unit
    systemctl daemon-reload
    systemctl enable --quiet "$name"
    systemctl restart "$name"
    say "The service $name runs; its settings are in $config, its data in $data."
    say "Add an application: $prefix/bin/$name app create --data $data --name Shop --mode test"
}

uninstall() {
    if has_systemd && [ -e "$unit" ]; then
        systemctl disable --now --quiet "$name" || true
        rm -f "$unit"
        systemctl daemon-reload
        say "Removed the service."
    fi
    if [ -e "$prefix/bin/$name" ]; then
        rm -f "$prefix/bin/$name"
        say "Removed $prefix/bin/$name"
    else
        say "There is no $prefix/bin/$name."
    fi
    for kept in "$data" "$config"; do
        if [ -e "$kept" ]; then say "Kept $kept"; fi
    done
}

source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if is_root; then prefix=/usr/local; else prefix=${HOME:-}/.local; fi
action=install

while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -ge 2 ] || fail "--prefix needs a directory" 2
        prefix=$2
        shift 2
        ;;
    --prefix=*)
        prefix=${1#--prefix=}
        shift
        ;;
    --demo)
        shift
        build
        exec "$binary" demo "$@"
        ;;
    --uninstall)
        action=uninstall
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) fail "unknown option $1; see ./install.sh --help" 2 ;;
    esac
done

case $prefix in
/*) ;;
*) prefix=$(pwd)/$prefix ;;
esac

if [ $action = uninstall ]; then
    uninstall
    exit 0
fi

build
install_binary
if has_systemd; then
    set_up_service
else
    say "Start it:            $prefix/bin/$name serve --data DIR"
    say "Or look around:      $prefix/bin/$name demo"
    case :${PATH:-}: in
    *:"$prefix/bin":*) ;;
    *) say "Put $prefix/bin on your PATH." ;;
    esac
fi
