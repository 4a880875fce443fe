#include "model/programs/known_programs.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr auto kLighttpdPlugins = std::to_array<std::string_view>(
    {"/usr/lib/lighttpd/mod_openssl.so", "/usr/lib64/lighttpd/mod_openssl.so",
     "/usr/lib/*/lighttpd/mod_openssl.so"});
constexpr auto kApachePlugins = std::to_array<std::string_view>(
    {"/usr/lib/apache2/modules/mod_ssl.so", "/usr/lib64/httpd/modules/mod_ssl.so"});
constexpr auto kDovecotPlugins =
    std::to_array<std::string_view>({"/usr/lib/dovecot/modules/libssl_iostream_openssl.so",
                                     "/usr/lib/dovecot/libssl_iostream_openssl.so",
                                     "/usr/lib64/dovecot/libssl_iostream_openssl.so"});

// The scripts of Debian 12's packages.
constexpr auto kApacheStarters = std::to_array<std::string_view>({"apachectl", "apache2ctl"});
constexpr auto kMemcachedStarters = std::to_array<std::string_view>({"systemd-memcached-wrapper"});
constexpr auto kPostgresStarters = std::to_array<std::string_view>({"pg_ctlcluster"});

// Tried with the packages of Debian 12: lighttpd from 1.4.68 on uses kTLS by itself (its NEWS), so
// it counts as doing so whatever its version.
constexpr auto kPrograms = std::to_array<KnownProgram>(
    {{.name = "lighttpd",
      .plugins = kLighttpdPlugins,
      .on_by_itself = true,
      .off = "ssl.openssl.ssl-conf-cmd += (\"Options\" => \"-KTLS\")",
      .only_tls12 = "ssl.openssl.ssl-conf-cmd += (\"MaxProtocol\" => \"TLSv1.2\")",
      .read_config = read_lighttpd_config,
      .config = "/etc/lighttpd/lighttpd.conf",
      .config_option = "-f"},
     {.name = "nginx",
      .on = "ssl_conf_command Options KTLS;",
      .off = "ssl_conf_command Options -KTLS;",
      .only_tls12 = "ssl_protocols TLSv1.2;",
      .read_config = read_nginx_config,
      .test = "nginx -t",
      .config = "/etc/nginx/nginx.conf",
      .config_option = "-c"},
     {.name = "apache2",
      .plugins = kApachePlugins,
      .starters = kApacheStarters,
      .executable = "/usr/sbin/apache2"},
     {.name = "httpd", .plugins = kApachePlugins},
     {.name = "dovecot", .plugins = kDovecotPlugins},
     // A bind or server line asks; libssl's own option reaches only its own BIO. Tried with 3.4.7
     // and OpenSSL 3.6.5 on kernels 6.1 and 7.3.
     {.name = "haproxy",
      .moves_itself = "ktls on in a bind or server line, from HAProxy 3.3 on",
      .keeps_old_keys = "it does not renew the keys that it gave the kernel (HAProxy 3.4.7)",
      .off = "noktls (in the section global)",
      .only_tls12 = "ssl-default-bind-options ssl-max-ver TLSv1.2 (in the section global)",
      .removed = "ktls on",
      .read_config = read_haproxy_config,
      .config = "/etc/haproxy/haproxy.cfg",
      .config_option = "-f"},
     {.name = "memcached",
      .starters = kMemcachedStarters,
      .executable = "/usr/bin/memcached",
      .tls_option = "-Z",
      .long_tls_option = "--enable-ssl"},
     {.name = "postgres",
      .starters = kPostgresStarters,
      .executable = "/usr/lib/postgresql/*/bin/postgres"}});

struct Interpreter {
  std::string_view begins;  // the name of its executable
  std::span<const std::string_view> modules;
};
constexpr auto kPythonModules = std::to_array<std::string_view>(
    {"/usr/lib/python3*/lib-dynload/_ssl.*", "/usr/lib64/python3*/lib-dynload/_ssl.*"});
constexpr auto kPerlModules =
    std::to_array<std::string_view>({"/usr/lib/*/perl5/*/auto/Net/SSLeay/SSLeay.so",
                                     "/usr/lib64/perl5/vendor_perl/auto/Net/SSLeay/SSLeay.so"});
constexpr auto kRubyModules =
    std::to_array<std::string_view>({"/usr/lib/*/ruby/*/openssl.so", "/usr/lib64/ruby/openssl.so"});
constexpr std::array kInterpreters{Interpreter{"python3", kPythonModules},
                                   Interpreter{"perl", kPerlModules},
                                   Interpreter{"ruby", kRubyModules}};

}  // namespace

std::span<const std::string_view> tls_modules(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kInterpreters, [&](const Interpreter& one) { return name.starts_with(one.begins); });
  return found == kInterpreters.end() ? std::span<const std::string_view>() : found->modules;
}

std::span<const KnownProgram> known_programs() {
  return kPrograms;
}

const KnownProgram* known_program(std::string_view name) {
  const auto* found = std::ranges::find(kPrograms, name, &KnownProgram::name);
  return found == kPrograms.end() ? nullptr : found;
}

const KnownProgram* started_by(std::string_view script) {
  const auto* found = std::ranges::find_if(kPrograms, [&](const KnownProgram& program) {
    return std::ranges::count(program.starters, script) > 0;
  });
  return found == kPrograms.end() ? nullptr : found;
}

}  // namespace tuner
