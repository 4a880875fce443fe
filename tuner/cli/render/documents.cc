#include "cli/render/documents.h"

#include "base/rfc3339.h"
#include "cli/request/version.h"
#include "document/common.h"
#include "document/envelope.h"
#include "document/write.h"
#include "model/json_bytes.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

document::Error error_document(const Error& error) {
  return {.code = std::string(fault_name(error.fault)),
          .message = error.text,
          .hint = error.hint,
          .place = {}};
}

document::Error error_document(const Diagnostic& diagnostic) {
  return {.code = diagnostic.code,
          .message = diagnostic.message,
          .hint = diagnostic.hint,
          .place = document::ErrorPlace{.place = place_document(diagnostic.origin)}};
}

std::vector<document::Error> errors_document(const Answer& answer) {
  std::vector<document::Error> errors;
  for (const Error& error : answer.errors) errors.push_back(error_document(error));
  for (const Diagnostic& diagnostic : answer.diagnostics) {
    if (diagnostic.severity == Diagnostic::Severity::Error)
      errors.push_back(error_document(diagnostic));
  }
  return errors;
}

}  // namespace

document::Place place_document(const Origin& origin) {
  return {.file = origin.file,
          .line = static_cast<unsigned>(origin.line),
          .column = static_cast<unsigned>(origin.column)};
}

document::Diagnostic diagnostic_document(const Diagnostic& diagnostic) {
  return {.severity = diagnostic.severity,
          .code = diagnostic.code,
          .message = diagnostic.message,
          .hint = diagnostic.hint,
          .place = place_document(diagnostic.origin)};
}

nlohmann::ordered_json document_json(const Occasion& occasion, const Answer& answer) {
  const HostIdentity& host = occasion.host;
  const document::Envelope envelope{.kind = std::string(occasion.kind),
                                    .tool = {.version = std::string(kVersion)},
                                    .host = {.hostname = host.hostname,
                                             .kernel = host.kernel,
                                             .boot_id = host.boot_id,
                                             .emulated = host.emulated},
                                    .started_at = utc_time(occasion.started_at),
                                    .duration_ms = occasion.duration.count(),
                                    .exit_code = static_cast<std::uint8_t>(answer.exit_code),
                                    .errors = errors_document(answer)};
  return document::to_json(envelope, *answer.body);
}

std::string document_text(const Occasion& occasion, const Answer& answer) {
  return printed(document_json(occasion, answer), 2) + "\n";
}

std::string document_line(const Occasion& occasion, const Answer& answer) {
  return printed(document_json(occasion, answer)) + "\n";
}

}  // namespace tuner
