#include "probe/handshake/configuration.h"

#include "base/interrupted.h"
#include "probe/handshake/connection/openssl.h"

#include <fmt/format.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

namespace tuner {
namespace {

// A file without a name, which stays open to the end of the process: OpenSSL opens it by its path.
Result<std::string> file_of_input(int input) {
  std::string text(kLongestConfigText, '\0');
  const auto size = retry_interrupted([&] { return ::read(input, text.data(), text.size()); });
  if (size < 0) return fail(errno_error(errno, "read the configuration"));
  const int file = ::memfd_create("openssl.cnf", MFD_CLOEXEC);
  if (file < 0) return fail(errno_error(errno, "make a file for the configuration"));
  if (retry_interrupted(
          [&] { return ::write(file, text.data(), static_cast<std::size_t>(size)); }) != size)
    return fail(errno_error(errno, "write the configuration"));
  return fmt::format("/proc/self/fd/{}", file);
}

std::string cipher_names(const SSL_CTX& context) {
  const STACK_OF(SSL_CIPHER)* all = SSL_CTX_get_ciphers(&context);
  std::string names;
  for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i)
    names +=
        fmt::format("{}{}", i == 0 ? "" : ":", SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, i)));
  return names;
}

Result<ContextSettings> settings_of(const SSL_METHOD* method) {
  const SslContext context(SSL_CTX_new(method));
  if (!context) return fail(openssl_error("make a TLS context"));
  const std::uint64_t options = SSL_CTX_get_options(context.get());
  return ContextSettings{.asks_ktls = (options & SSL_OP_ENABLE_KTLS) != 0,
                         .options = options & ~std::uint64_t{SSL_OP_ENABLE_KTLS},
                         .min_version = SSL_CTX_get_min_proto_version(context.get()),
                         .max_version = SSL_CTX_get_max_proto_version(context.get()),
                         .security_level = SSL_CTX_get_security_level(context.get()),
                         .ciphers = cipher_names(*context)};
}

}  // namespace

Outcome choose_configuration(std::string_view choice, int input) {
  // Of the caller, and not of the program that will read the configuration.
  ::unsetenv("OPENSSL_CONF");
  ::unsetenv("OPENSSL_CONF_INCLUDE");
  if (choice == "default") return {};
  const std::string path = choice == "-" ? TRY(file_of_input(input)) : std::string(choice);
  if (::setenv("OPENSSL_CONF", path.c_str(), 1) != 0)
    return fail(errno_error(errno, "set OPENSSL_CONF"));
  return {};
}

Result<ConfigReadback> contexts_under_configuration() {
  auto server = TRY(settings_of(TLS_server_method()));
  auto client = TRY(settings_of(TLS_client_method()));
  const Handle<char, [](char* text) { OPENSSL_free(text); }> file(CONF_get1_default_config_file());
  return ConfigReadback{.library = OpenSSL_version(OPENSSL_VERSION),
                        .config_file = file ? file.get() : "",
                        .server = std::move(server),
                        .client = std::move(client)};
}

}  // namespace tuner
