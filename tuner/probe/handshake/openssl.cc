#include "probe/handshake/openssl.h"

#include <openssl/err.h>

namespace tuner {

Error openssl_error(std::string_view doing) {
  std::string text(doing);
  const char* separator = ": ";
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    text += separator;
    text += reason != nullptr ? reason : "error " + std::to_string(code);
    separator = ", ";
  }
  return Error{.fault = Fault::Io, .text = std::move(text), .hint = {}};
}

}  // namespace tuner
