#include "report/read_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::array kStatuses = {Status::InSync,      Status::Change,    Status::Done,
                                  Status::Unsupported, Status::NoSubject, Status::Unreadable,
                                  Status::Blocked,     Status::Deferred,  Status::Failed};
constexpr std::array kNeeds = {Need::Required, Need::Preferred};
constexpr std::array kOps = {Goal::Op::Exactly, Goal::Op::AtLeast, Goal::Op::AtMost};

// The goal as a profile writes it, for people: a report never compares values.
std::string goal_words(const JsonNode& goal) {
  const Goal::Op op = goal.word("op", kOps, op_name);
  std::string value = goal.value_words("value");
  if (op == Goal::Op::AtLeast) return ">= " + value;
  if (op == Goal::Op::AtMost) return "<= " + value;
  return value == "-" ? "(absent)" : value;
}

std::string observed_words(const JsonNode& step) {
  std::string value = step.value_words("observed");
  if (!step.has("in_effect")) return value;
  return fmt::format("{} ({} in effect)", value, step.value_words("in_effect"));
}

// Keys that an older release did not write are optional here. Status and need are closed lists: an
// unknown word is damage, because a report must not guess what it means.
SavedStep read_step(const JsonNode& node) {
  SavedStep step{.knob = node.text("knob"),
                 .subject = node.text("subject"),
                 .goal = goal_words(node.at("goal")),
                 .observed = observed_words(node),
                 .status = node.word("status", kStatuses, status_name),
                 .need = node.word("need", kNeeds, need_name),
                 .because = node.text("because"),
                 .cause = node.text_or_empty("cause"),
                 .owner = node.text_or_empty("owner"),
                 .hint = node.text_or_empty("hint")};
  if (node.has("persisted")) step.persisted = node.value_words("persisted");
  if (node.has("target")) step.target = node.value_words("target");
  if (node.has("drift")) step.first_seen = node.at("drift").text("first_seen");
  return step;
}

SavedCell read_cell(const JsonNode& node) {
  const JsonNode expected = node.at("expected");
  return {.version = node.text("version"),
          .cipher = node.text("cipher"),
          .tx = node.text("tx"),
          .rx = node.text("rx"),
          .expected_tx = expected.text("tx"),
          .expected_rx = expected.text("rx"),
          .bytes = node.number<std::int64_t>("bytes", 0),
          .intact = node.flag("intact"),
          .result = node.text("result"),
          .because = node.text("because")};
}

void add_reasons(const JsonNode& offload, std::vector<std::string>& because) {
  offload.each("because", [&](const JsonNode& reason) {
    const std::string words = reason.text("text");
    if (std::ranges::count(because, words) == 0) because.push_back(words);
  });
}

SavedNic read_nic(const JsonNode& node) {
  SavedNic nic{.name = node.text("name"),
               .kind = node.text("kind"),
               .driver = node.text("driver"),
               .pci_ids = node.text("pci_ids")};
  const JsonNode offload = node.at("tls_offload");
  const JsonNode tx = offload.at("tx");
  const JsonNode rx = offload.at("rx");
  nic.tls_tx = tx.flag("active");
  nic.tls_rx = rx.flag("active");
  add_reasons(tx, nic.tls_because);
  add_reasons(rx, nic.tls_because);
  return nic;
}

}  // namespace

std::vector<SavedStep> read_steps(const JsonNode& node, std::string_view key) {
  std::vector<SavedStep> steps;
  node.each(key, [&](const JsonNode& step) { steps.push_back(read_step(step)); });
  return steps;
}

SavedPlan read_plan(const JsonNode& node) {
  SavedPlan plan;
  if (node.has("profile")) {
    const JsonNode profile = node.at("profile");
    plan.profile = profile.text("name");
    plan.digest = profile.text("digest");
  }
  plan.steps = read_steps(node, "steps");
  if (node.has("notes")) plan.notes = node.texts("notes");
  return plan;
}

SavedProbe read_probe(const JsonNode& node) {
  const JsonNode endpoint = node.at("endpoint");
  const JsonNode library = node.at("library");
  SavedProbe probe{.mode = endpoint.text("mode"),
                   .peer = endpoint.text_or_empty("peer"),
                   .library = library.text("version")};
  node.each("cells", [&](const JsonNode& cell) {
    probe.cells.push_back(read_cell(cell));
    // Across the wire a host is judged by its own end, which may be the client.
    if (cell.text_or_empty("own_end") != "client") return;
    const JsonNode client = cell.at("client");
    probe.cells.back().tx = client.text("tx");
    probe.cells.back().rx = client.text("rx");
  });
  probe.verdict = node.text("verdict");
  probe.warnings = node.texts("warnings");
  return probe;
}

SavedFacts read_facts(const JsonNode& node) {
  const JsonNode kernel = node.at("kernel");
  const JsonNode tls = kernel.at("tls");
  SavedFacts facts{.tls_state = tls.text("state"), .tls_because = tls.text("because")};
  if (node.has("openssl")) facts.library = node.at("openssl").text("version");
  node.each("nics", [&](const JsonNode& nic) { facts.nics.push_back(read_nic(nic)); });
  node.each("neighbours",
            [&](const JsonNode& neighbour) { facts.neighbours.push_back(neighbour.text("name")); });
  return facts;
}

}  // namespace tuner
