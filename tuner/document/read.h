// Documents from JSON: the reader of the tables of keys (key.h). Strict about the keys it knows: a
// key that is missing or has another type is damage. It passes over keys of later releases, and
// does without those that the first releases of format 1 did not write.
//
// The content comes from other hosts: every text in it is untrusted.
#pragma once

#include "base/result.h"
#include "document/envelope.h"

#include <string_view>

namespace tuner::document {

// The limit for a document, in bytes.
constexpr std::size_t kLargest = 32U << 20;

// Fault::Invalid: not JSON, not a document of this tool, a newer major format, or damaged; the text
// continues a sentence that begins with the name of the file: "is damaged: steps[3].status: …". The
// body is empty if the run ended early, or if its kind has no body that this release knows.
Result<Document> read(std::string_view text);

// Only the envelope, of a document that may be large.
Result<Envelope> read_envelope(std::string_view text);

}  // namespace tuner::document
