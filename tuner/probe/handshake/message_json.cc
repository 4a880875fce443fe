#include "probe/handshake/message_json.h"

#include "base/json_text.h"

#include <fmt/format.h>

namespace tuner {

// One message:
//   {"bytes":4194304,"cells":[{"cipher":"AES-128-GCM","version":"TLSv1.3"}],"say":"offer"}
std::string say(std::string_view kind, nlohmann::json rest) {
  rest["say"] = kind;
  return json_text_replaced(rest);
}

tl::unexpected<Error> malformed_message(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("the other end's message is malformed: {}", what));
}

tl::unexpected<Error> unknown_word() {
  return malformed_message("an unknown word");
}

tl::unexpected<Error> another_kind(std::string_view kind, std::string_view wanted) {
  return malformed_message(fmt::format("'{}' instead of '{}'", kind, wanted));
}

tl::unexpected<Error> refused(RunRefusal why) {
  switch (why) {
    case RunRefusal::Limits: break;
    case RunRefusal::Version:
      return fail(Fault::Refused, "the other end refuses: its benchmark has another version",
                  "use the same ktls-tuner at both ends");
    case RunRefusal::Purpose:
      return fail(Fault::Refused, "the other end refuses: it was started for another verb",
                  "run ktls-tuner probe at both ends, or ktls-tuner bench at both ends");
  }
  return fail(Fault::Refused, "the other end refuses: the requested probe exceeds its limits",
              "use the same ktls-tuner at both ends");
}

}  // namespace tuner
