#include "engine/sealed_document.h"

#include "base/json_text.h"
#include "engine/digest.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

constexpr const char* kSeal = "seal";

// The digest is of the compact form with sorted keys, so it does not depend on indentation.
std::string digest_of(const json& document) {
  return sha256(json_text_replaced(document));
}

}  // namespace

std::string sealed(json document, int indent) {
  document[kSeal] = digest_of(document);
  return json_text(document, indent) + "\n";
}

Result<json> unsealed(std::string_view text) {
  json document = json_or_discarded(text);
  if (!document.is_object()) return fail(Fault::Invalid, "it is not a JSON object");
  const auto seal = document.find(kSeal);
  if (seal == document.end()) return document;
  const json recorded = *seal;
  document.erase(kSeal);
  if (recorded != digest_of(document)) return fail(Fault::Invalid, "it was altered");
  return document;
}

}  // namespace tuner
