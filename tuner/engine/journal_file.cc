// The files of the journal: reads them with damage detection; writes each line and then the head.
#include "base/json_text.h"
#include "engine/journal.h"
#include "engine/journal_json.h"
#include "host/net/network_namespace.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kDamagedHint =
    "ktls-tuner rollback restores what is proven; rollback --salvage also moves the file aside, so "
    "that apply runs again";

constexpr std::string_view kEnterHint =
    "run it in that namespace: nsenter --net=/proc/PID/ns/net ktls-tuner …, where PID is a process "
    "in it (1 for the host's)";

// The boot id in a journal's first line; empty if the line does not begin a run.
std::string boot_of(std::string_view line) {
  const json record = json_or_discarded(line);
  if (!record.is_object() || !record.contains("run") || !record.contains("boot_id") ||
      !record["boot_id"].is_string())
    return {};
  return record["boot_id"].get<std::string>();
}

struct Head {
  std::optional<ChainEnd> end;
  bool there = false;
  bool readable = true;
};

Result<Head> load_head(const StateStore& store) {
  const auto text = store.read(kJournalHeadPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return Head{};
    return fail(text.error());
  }
  Head head{.end = read_head(*text), .there = true};
  head.readable = head.end.has_value();
  return head;
}

}  // namespace

std::string_view journal_state_name(JournalState state) {
  return word_of(state);
}

Result<Journal> Journal::load(const StateStore& store, std::string_view boot_id,
                              std::string_view net) {
  auto persisted = TRY(load_persisted(store));
  auto journal = load_this_boot(store, boot_id);
  if (!journal) return journal;
  journal->boot_id_ = boot_id;
  journal->net_ = net;
  const auto of_this_boot = [&](const auto& each) { return each.boot_id == boot_id; };
  // /run is a tmpfs and /var/lib a disk: what was persisted in this boot proves that a journal of
  // this boot existed. Without this check a removed /run/ktls-tuner looked like a boot without a
  // run.
  if (journal->state() == JournalState::None && !boot_id.empty() &&
      (std::ranges::any_of(persisted.runs, of_this_boot) ||
       std::ranges::any_of(persisted.originals, of_this_boot)))
    journal->damaged_at("it is missing, but a profile was persisted in this boot");
  journal->carry(std::move(persisted));
  return journal;
}

// The order decides what counts as damage. A journal of another boot is not examined: its values
// are gone. A chain that breaks is reported with its line number; only an unbroken one is compared
// with the head, which finds what a truncation between two lines took.
Result<Journal> Journal::load_this_boot(const StateStore& store, std::string_view boot_id) {
  Journal journal;
  journal.boot_id_ = boot_id;
  const auto head = TRY(load_head(store));
  auto text = store.read(kJournalPath);
  if (!text && text.error().fault != Fault::NotFound) return fail(text.error());
  if (!text) {
    if (head.there) journal.damaged_at("it is missing, but its head exists");
    return journal;
  }
  if (boot_id.empty()) return fail(boot_not_known(kJournalPath));
  const Chain chain = read_chain(*text);
  const std::string boot = chain.proven == 0 ? std::string() : boot_of(chain.lines.front());
  if (!boot.empty() && boot != boot_id) return journal;  // its values were lost with that boot
  if (auto taken = journal.take_chain(chain); !taken) {
    journal.damaged_at(taken.error().text);
  } else if (!head.readable) {
    journal.damaged_at("its head cannot be read");
  } else if (auto fault = head_fault(chain, head.end, journal.closed_); !fault.empty()) {
    journal.damaged_at(fault);
  }
  if (journal.damage_) {
    journal.name_doubtful(chain.lines);
    return journal;
  }
  // A rollback was killed between the line "closed" and the removal of the file: nothing is set.
  if (journal.closed_) {
    journal = Journal{};
    return journal;
  }
  text->resize(text->rfind('\n') + 1);
  journal.text_ = std::move(*text);
  journal.torn_ = journal.rewrite_ = chain.torn;
  journal.head_behind_ = chain.proven > chain.plain && head.end != chain.end;
  return journal;
}

// The proven lines are taken even if later ones are not, so that a rollback can restore their
// originals.
Outcome Journal::take_chain(const Chain& chain) {
  const auto damaged_line = [](std::size_t number, std::string_view why) {
    return fail(Fault::Io, fmt::format("line {}: {}", number, why));
  };
  entries_.reserve(chain.proven / 2);  // a setting has two lines or more, and an entry moves slowly
  for (std::size_t i = 0; i < chain.proven; ++i) {
    if (auto taken = take(chain.lines[i]); !taken) return damaged_line(i + 1, taken.error().text);
  }
  end_ = chain.end;
  plain_ = chain.plain;
  if (chain.proven < chain.lines.size())
    return damaged_line(chain.proven + 1, "damaged journal line: altered or moved");
  if (chain.lines.empty())
    return fail(Fault::Io, "it is empty, but a journal always has a complete first line");
  return {};
}

// Damage is a state and no error of load(): status, plan and rollback work with the proven part.
void Journal::damaged_at(const std::string& why) {
  const bool line = why.starts_with("line ");
  damage_ = Error{.fault = Fault::Io,
                  .text = line ? fmt::format("{}:{}", kJournalPath, why.substr(5))
                               : fmt::format("{}: damaged: {}", kJournalPath, why),
                  .hint = std::string(kDamagedHint)};
}

// Collects the names that can still be read. They are only shown to people, never written.
void Journal::name_doubtful(std::span<const std::string_view> all) {
  for (const std::string_view line : all) {
    const json record = json_or_discarded(line);
    if (!record.is_object()) continue;
    for (const char* kind : {"intended", "preserved"}) {
      try {
        if (!record.contains(kind)) continue;
        const Subject subject = subject_from_json(record[kind].at("subject"));
        if (find(subject.key) == nullptr) doubtful_.emplace_back(subject.knob, subject.name);
      } catch (const json::exception&) {
        continue;
      }
    }
  }
}

JournalState Journal::state() const {
  if (damage_) return JournalState::Damaged;
  if (text_.empty()) return JournalState::None;
  if (end_.count == plain_) return JournalState::Legacy;
  return sealed_ && !torn_ ? JournalState::Whole : JournalState::Unfinished;
}

// Two checks, because the namespace's number is valid for one boot only. For a persisted profile it
// is recorded whether it was the initial one; of that the next boot has exactly one.
Outcome Journal::of_this_namespace() const {
  const auto& initial = persisted_.in_initial_namespace;
  if (initial && !net_.empty() && *initial != is_initial_namespace(net_)) {
    return fail(Fault::Refused,
                fmt::format("the profile for the next boot was persisted in {}, but this is {}",
                            *initial ? "the initial network namespace"
                                     : "a network namespace other than the initial one",
                            net_),
                std::string(kEnterHint));
  }
  if (written_in_.empty() || net_.empty() || written_in_ == net_) return {};
  return fail(Fault::Refused,
              fmt::format("the settings of this boot were made in another network namespace ({}), "
                          "but this is {}",
                          written_in_, net_),
              std::string(kEnterHint));
}

Outcome Journal::usable() const {
  if (damage_) return fail(*damage_);
  return of_this_namespace();
}

Outcome Journal::write_head(StateStore& store) {
  auto written = store.replace(kJournalHeadPath, head_text(end_));
  head_behind_ = !written;
  return written;
}

// A line that is in the file is also taken into memory, even if writing the head fails then.
Outcome Journal::write(StateStore& store, json record) {
  if (damage_) {  // the file stays as it is
    auto taken = take(printed(record));
    return taken;
  }
  // The head may be at most one line behind. A second line before it would turn a failed write of
  // the head into damage at the next load.
  if (head_behind_) {
    TRY(write_head(store));
  }
  if (text_.empty()) {  // the head may be left from another boot
    TRY(store.remove(kJournalHeadPath));
    end_ = read_chain({}).end;
    written_in_ = net_;
  }
  // A line must not be appended to a partial line: the two would parse as none.
  if (rewrite_) {
    TRY(store.replace(kJournalPath, text_));
    rewrite_ = torn_ = false;
  }
  record["boot"] = boot_id_;
  record["net"] = net_;
  const std::string line = chained(json_text(record), end_);
  // The first line and its file are created together, so the file is never empty.
  Outcome appended =
      text_.empty() ? store.replace(kJournalPath, line + "\n") : store.append(kJournalPath, line);
  if (!appended) {
    rewrite_ = !text_.empty();  // the file may end in a partial line
    return appended;
  }
  text_ += line + "\n";
  end_ = {end_.count + 1, std::string(digest_of_line(line))};
  TRY(take(line));
  return write_head(store);
}

// The guard's last resort: it has the journal in memory, and its folder was removed or damaged.
Outcome Journal::rewrite_files(StateStore& store) {
  TRY(store.replace(kJournalPath, text_));
  rewrite_ = torn_ = false;
  return write_head(store);
}

// Both copies exist before the first file is removed, so no interruption loses one.
Result<std::string> Journal::set_aside(StateStore& store, std::string_view stamp) {
  const std::string name = fmt::format("{}.{}.damaged", kJournalPath, stamp);
  for (const std::string_view path : {kJournalHeadPath, kJournalPath}) {
    const auto text = store.read(path);
    if (!text && text.error().fault == Fault::NotFound) continue;
    if (!text) return fail(text.error());
    const std::string to = path == kJournalPath ? name : name + ".head";
    TRY(store.replace(to, *text));
  }
  for (const std::string_view path : {kJournalHeadPath, kJournalPath}) {
    TRY(store.remove(path));
  }
  Journal fresh;
  fresh.boot_id_ = boot_id_;
  fresh.net_ = net_;
  *this = std::move(fresh);
  return name;
}

}  // namespace tuner
