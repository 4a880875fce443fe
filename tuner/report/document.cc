#include "report/document.h"

#include "base/text.h"
#include "report/json_node.h"
#include "report/read_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace tuner {
namespace {

using Json = JsonNode::Json;

constexpr int kMajor = 1;     // of format_version
constexpr int kDeepest = 64;  // nesting of brackets; our documents have seven levels
constexpr std::array<std::string_view, 7> kKinds = {"check", "plan",  "apply", "rollback",
                                                    "tune",  "probe", "facts"};

// The parser has no depth limit and uses memory per level, so the depth is checked before.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// A document may come from any host, so size and depth are limited before the parser sees it.
Result<Json> parse(std::string_view text) {
  if (text.size() > kLargestDocument) {
    return fail(Fault::Invalid,
                fmt::format("is larger than {} MiB, the limit for a ktls-tuner document",
                            kLargestDocument >> 20U));
  }
  if (trim(text).empty())
    return fail(Fault::Invalid, "is empty: the program that wrote it did not finish");
  if (is_too_deep(text)) return fail(Fault::Invalid, "is nested too deeply for a saved document");
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    std::string_view what = error.what();  // "[json.exception.parse_error.101] parse error at …"
    if (const auto end = what.find("] "); end != std::string_view::npos)
      what.remove_prefix(end + 2);
    return fail(Fault::Invalid, as_utf8(fmt::format("is not JSON: {}", what)));
  }
}

// Only the major number counts: a later minor release adds keys, which this reader passes over.
Outcome check_format(const JsonNode& root) {
  const std::string version = root.text_or_empty("format_version");
  const auto major = parse_integer(version.substr(0, version.find('.')));
  if (!major || *major < 1)
    return fail(Fault::Invalid, "is not a ktls-tuner document: it has no format_version");
  if (*major > kMajor) {
    return fail(
        Fault::Invalid,
        fmt::format("has format {}, but this ktls-tuner reads formats up to {}.x", version, kMajor),
        "read it with the ktls-tuner that wrote it, or a newer one");
  }
  return {};
}

Outcome check_kind(std::string_view kind) {
  if (std::ranges::count(kKinds, kind) > 0) return {};
  return fail(Fault::Invalid,
              fmt::format("is a document of '{}', for which there is no report", kind),
              "there are reports of check, plan, apply, rollback, tune, probe and facts");
}

void read_envelope(const JsonNode& root, SavedDocument& document) {
  document.kind = root.text("kind");
  const JsonNode tool = root.at("tool");
  document.tool_version = tool.text("version");
  const JsonNode host = root.at("host");
  document.hostname = host.text("hostname");
  document.kernel = host.text("kernel");
  document.boot_id = host.text("boot_id");
  document.emulated = host.flag("emulated");
  const auto started = from_rfc3339(root.text("started_at"));
  if (!started) root.complain("started_at", "expected a time like 2026-11-23T08:15:00Z");
  document.started_at = started.value_or(UtcTime());
  document.duration_ms = root.number<std::int64_t>("duration_ms");
  document.exit_code = root.number<int>("exit_code", 0, 255);
  root.each("errors", [&](const JsonNode& error) {
    document.errors.push_back({.code = error.text("code"),
                               .message = error.text("message"),
                               .hint = error.text_or_empty("hint")});
  });
}

// A run that ended early has only errors.
// Of a tune the last part counts: check, then apply, then plan. A run that was rolled back has no
// check.
void read_body(const JsonNode& root, SavedDocument& document) {
  if (document.kind == "tune") {
    if (root.has("plan")) document.plan = read_plan(root.at("plan"));
    if (root.has("apply")) document.written = read_plan(root.at("apply"));
    if (document.written) document.plan = document.written;
    if (root.has("check")) document.plan = read_plan(root.at("check"));
    if (root.has("probe")) document.probe = read_probe(root.at("probe"));
    if (root.has("warnings")) document.warnings = root.texts("warnings");
  } else if (document.kind == "probe") {
    if (root.has("cells")) document.probe = read_probe(root);
  } else if (document.kind == "facts") {
    if (root.has("nics")) document.facts = read_facts(root);
  } else {
    if (root.has("steps")) document.plan = read_plan(root);
    if (root.has("undone")) document.undone = read_steps(root, "undone");
  }
  if (document.errors.empty() && !document.plan && !document.probe && !document.facts)
    root.complain("errors", "there is neither an error nor a result");
}

}  // namespace

// The first complaint is the error. Later ones are often its consequences.
Result<SavedDocument> read_document(std::string_view text, std::string_view file) {
  // The parser stops at a NUL byte, and the text after it would be embedded in a page unchecked.
  if (text.find('\0') != std::string_view::npos)
    return fail(Fault::Invalid, "is not a ktls-tuner document: it contains a NUL byte");
  const auto json = TRY(parse(text));
  if (!json.is_object())
    return fail(Fault::Invalid, "is not a ktls-tuner document: it is not a JSON object");
  std::string complaint;
  const JsonNode root(json, complaint);
  TRY(check_format(root));
  SavedDocument document;
  document.file = as_utf8(file);
  read_envelope(root, document);
  if (complaint.empty()) {
    TRY(check_kind(document.kind));
    read_body(root, document);
  }
  if (!complaint.empty()) return fail(Fault::Invalid, "is damaged: " + complaint);
  return document;
}

// By way of the JSON library, so that a page and its embedded data replace the same bytes.
std::string as_utf8(std::string_view text) {
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(quoted).get<std::string>();
}

std::string_view state_words(const SavedDocument& document) {
  const bool looks = document.kind == "check" || document.kind == "plan";
  switch (document.exit_code) {
    case 0: return looks ? "in sync" : document.kind == "probe" ? "as expected" : "done";
    case 1: return "failed";
    case 2: return "drift";
    case 3: return "path not taken";
    case 4: return "cannot";
    case 75: return "busy";
    case 77: return "not permitted";
    case 78: return "profile invalid";
    default: return "failed";
  }
}

// Only neighbours are merged: a plan lists the queues of one NIC one after the other, and a row
// must not hide what stands between its first and last subject.
std::vector<SavedStep> merge_equal(const std::vector<SavedStep>& steps) {
  const auto alike = [](const SavedStep& a, const SavedStep& b) {
    return a.knob == b.knob && a.status == b.status && a.need == b.need &&
           a.observed == b.observed && a.because == b.because && a.cause == b.cause &&
           a.owner == b.owner && a.hint == b.hint && a.first_seen == b.first_seen;
  };
  std::vector<SavedStep> merged;
  for (auto from = steps.begin(); from != steps.end();) {
    const auto end = std::find_if_not(from, steps.end(),
                                      [&](const SavedStep& step) { return alike(*from, step); });
    const SavedStep& last = *std::prev(end);
    // The names of sysctls have no common pattern, so a merged row would not name them.
    const bool by_queue = from->subject.find('/') != std::string::npos || from->knob != "sysctl";
    if (end - from < 3 || !by_queue) {
      merged.insert(merged.end(), from, end);
    } else {
      merged.push_back(*from);
      merged.back().subject = fmt::format("{} … {} ({})", from->subject, last.subject, end - from);
      if (from->goal != last.goal)
        merged.back().goal = fmt::format("{} … {}", from->goal, last.goal);
    }
    from = end;
  }
  return merged;
}

}  // namespace tuner
