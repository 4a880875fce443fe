#include "cli/steps/bundle.h"

#include "base/text.h"
#include "cli/output/amounts.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/steps/bundle_programs.h"
#include "cli/steps/programs_look.h"
#include "document/bundle.h"
#include "document/envelope.h"
#include "document/facts.h"
#include "document/write.h"
#include "host/access/recording_host.h"
#include "host/facts/collect.h"
#include "host/facts/gunzip.h"
#include "host/facts/surroundings.h"
#include "host/files/recorded_paths.h"
#include "host/programs/collect.h"
#include "model/bundle_rules.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace tuner {
namespace {

using What = LookedAt::What;

constexpr std::size_t kLargestConfig = std::size_t{8} << 20U;

// Every file whose path begins so is read: settings that a profile may name.
constexpr std::array<std::string_view, 5> kSysctls{"/proc/sys/net/core/", "/proc/sys/net/ipv4/ip_",
                                                   "/proc/sys/net/ipv4/tcp_",
                                                   "/proc/sys/net/ipv4/udp_", "/proc/sys/vm/"};
constexpr std::array<std::string_view, 2> kInterruptFiles{"smp_affinity_list",
                                                          "effective_affinity_list"};
constexpr std::array<std::string_view, 5> kPolicyFiles{
    "scaling_driver", "scaling_governor", "scaling_available_governors",
    "energy_performance_preference", "energy_performance_available_preferences"};
constexpr std::array<std::string_view, 4> kQueueFiles{"xps_cpus", "xps_rxqs", "rps_cpus",
                                                      "rps_flow_cnt"};

// What plans and diagnose read beyond facts. Results are in the record.
void look_further(const Host& recording, const Facts& facts) {
  const FileTree& files = recording.files();
  for (const std::string_view prefix : kSysctls) {
    const std::string folder(prefix.substr(0, prefix.rfind('/')));
    for (const std::string& name : files.list(folder).value_or(std::vector<std::string>{})) {
      const std::string path = fmt::format("{}/{}", folder, name);
      // Not read at all: the kernel's own secrets.
      if (path.starts_with(prefix) && bundle_rule(path).keep != Keep::Nothing)
        static_cast<void>(files.read(path));
    }
  }
  for (const Nic& nic : facts.nics) {
    const std::string queues = fmt::format("/sys/class/net/{}/queues", nic.name);
    for (const std::string& queue : files.list(queues).value_or(std::vector<std::string>{})) {
      for (const std::string_view file : kQueueFiles)
        static_cast<void>(files.read(fmt::format("{}/{}/{}", queues, queue, file)));
    }
    for (const NicIrq& irq : nic.irqs) {
      for (const std::string_view file : kInterruptFiles)
        static_cast<void>(files.read(fmt::format("/proc/irq/{}/{}", irq.number, file)));
    }
  }
  for (const CpufreqPolicy& policy : facts.cpufreq) {
    for (const std::string_view file : kPolicyFiles)
      static_cast<void>(
          files.read(fmt::format("/sys/devices/system/cpu/cpufreq/{}/{}", policy.name, file)));
  }
  static_cast<void>(files.exists("/run/systemd/system"));
  static_cast<void>(rekey_facts(files));
  static_cast<void>(collect_surroundings(recording, facts.nics));
}

// Makes a tree of what was looked at. Paths of /sys lead through links, which the archive has, too.
class Layout {
 public:
  Layout(const FileTree& files, Scrubber& scrub) : files_(files), scrub_(scrub) {}

  void add(const std::string& path, const LookedAt& looked) {
    // A path with text of a file that is not as it should be; looked-at has one a line.
    if (path.find('\n') != std::string::npos) return;
    switch (looked.what) {
      case What::Absent: absent_.insert(path); return;
      case What::Failed: return leave_out(path, shown(looked.error.text));
      case What::There: return add_presence(path);
      case What::Folder: return add_folder(path, looked.names);
      case What::File: return add_file(path, looked.text);
    }
  }

  void note(const std::string& what, const std::string& because) { left_out_[what] = because; }

  // A file of its own, which the list names.
  void add_result(std::string_view path, std::string text) {
    contents_.push_back({.path = std::string(path),
                         .kept = std::string(word_of(Keep::Result)),
                         .bytes = static_cast<std::uint64_t>(text.size())});
    add_text(std::string(path), std::move(text));
  }

  // By its name as it is: readers know these files, whatever the host is called.
  void add_text(const std::string& path, std::string text) {
    entries_[path] = {.path = {}, .kind = TarEntry::Kind::File, .content = std::move(text)};
  }

  Bundle bundle() {
    add_text(std::string(kRecordedPathsFile), looked_at());
    Bundle bundle;
    for (auto& [path, entry] : entries_) {
      entry.path = fmt::format("{}{}", kBundleFolder, path);
      bundle.entries.push_back(std::move(entry));
    }
    std::ranges::sort(bundle.entries, {}, &TarEntry::path);
    std::ranges::sort(contents_, {}, &document::BundleFile::path);
    bundle.list.contents = std::move(contents_);
    for (auto& [path, because] : left_out_)
      bundle.list.left_out.push_back({.path = path, .because = because});
    return bundle;
  }

 private:
  std::string shown(std::string_view path) { return scrub_.text(path, Secrets::Assigned); }

  void leave_out(const std::string& path, std::string because) {
    left_out_[shown(path)] = std::move(because);
    failed_.insert(path);
  }

  void add_presence(const std::string& path) {
    const bool is_folder = files_.list(path).has_value();
    put(real(path), {.path = {},
                     .kind = is_folder ? TarEntry::Kind::Folder : TarEntry::Kind::File,
                     .content = {}});
  }

  // Names of sysfs say something alone: the numbers of interrupts. Other folders hold files of
  // people, whose names are kept only with the files.
  void add_folder(const std::string& path, const std::vector<std::string>& names) {
    const std::string place = real(path);
    listed_.insert(path);
    put(place, {.path = {}, .kind = TarEntry::Kind::Folder, .content = {}});
    if (!path.starts_with("/sys/")) return;
    for (const std::string& name : names) {
      const std::string inside = fmt::format("{}/{}", place == "/" ? "" : place, name);
      put(real(inside), {.path = {}, .kind = TarEntry::Kind::Folder, .content = {}});
    }
  }

  void add_file(const std::string& path, const std::string& text) {
    const BundleRule& rule = bundle_rule(path);
    if (rule.keep == Keep::Nothing)
      return leave_out(path, rule.path.empty() ? "no rule says what of it may leave the machine"
                                               : "it may hold secrets or addresses");
    std::optional<std::string> unpacked;
    if (is_gzip(text)) {
      auto plain = gunzip(text, kLargestConfig);
      if (!plain) return leave_out(path, shown(plain.error().text));
      unpacked = *std::move(plain);
    }
    std::string kept = kept_text(rule, unpacked ? *unpacked : text, scrub_);
    contents_.push_back({.path = shown(path),
                         .kept = std::string(word_of(rule.keep)),
                         .bytes = static_cast<std::uint64_t>(kept.size())});
    put(real(path), {.path = {}, .kind = TarEntry::Kind::File, .content = std::move(kept)});
  }

  // A file wins over a folder of which only the name is known.
  void put(const std::string& path, TarEntry entry) {
    if (path == "/") return;
    const auto [at, fresh] = entries_.try_emplace(shown(path), entry);
    if (!fresh && entry.kind == TarEntry::Kind::File && at->second.kind != TarEntry::Kind::Link)
      at->second = std::move(entry);
  }

  // The path without links, which become entries. /proc is not followed: there they lead to the
  // process that reads.
  std::string real(const std::string& path) {
    if (path.starts_with("/proc/")) return path;
    std::string at;
    for (const std::string_view part : split(std::string_view(path).substr(1), '/'))
      at = step(fmt::format("{}/{}", at == "/" ? "" : at, part));
    return at;
  }

  std::string step(const std::string& literal) {
    // Each prefix is resolved once: paths of sysfs share most of theirs.
    const auto known = steps_.find(literal);
    if (known != steps_.end()) return known->second;
    const std::string place = files_.resolve(literal).value_or(literal);
    if (place != literal)
      put(literal,
          {.path = {}, .kind = TarEntry::Kind::Link, .content = shown(relative(literal, place))});
    return steps_[literal] = place;
  }

  // The target of a link at `link`: "../../devices/…", so that it stays in the folder.
  static std::string relative(const std::string& link, const std::string& target) {
    std::string up;
    for (auto depth = std::ranges::count(link, '/'); depth > 1; --depth) up += "../";
    return up + target.substr(1);
  }

  // As scripts/capture-host writes it: what is absent here was looked for and was not there.
  std::string looked_at() {
    std::string text;
    for (const std::string& path : absent_) text += shown(path) + "\n";
    for (const std::string_view prefix : kSysctls) {
      if (listed_.contains(std::string(prefix.substr(0, prefix.rfind('/')))))
        text += fmt::format("{}*\n", prefix);
    }
    for (const std::string& path : failed_) text += "!" + shown(path) + "\n";
    return text + "!/proc/sys/*_key\n!/proc/sys/*secret*\n";
  }

  const FileTree& files_;
  Scrubber& scrub_;
  std::map<std::string, std::string> steps_;
  std::map<std::string, TarEntry> entries_;  // by scrubbed path
  std::set<std::string> absent_, failed_, listed_;
  std::map<std::string, std::string> left_out_;
  std::vector<document::BundleFile> contents_;
};

// "vm": replaced everywhere, /proc/sys/vm and lines for vm.swappiness would be gone.
bool is_word_of_kernel(std::string_view host_name, const MachineRecord& record) {
  const std::string_view name = trim(host_name).substr(0, host_name.find('.'));
  return std::ranges::any_of(record, [&](const auto& entry) {
    const auto& [path, looked] = entry;
    const bool exists = looked.what != What::Absent && looked.what != What::Failed;
    if (!exists || !(path.starts_with("/proc/") || path.starts_with("/sys/"))) return false;
    Scrubber scrub(name);
    // Other texts that the scrubber replaces in a path do not count here.
    return scrub.text(path, Secrets::NoneHere) != path && scrub.counts().host_names > 0;
  });
}

// nics.json, as host/access/recorded_nics.h reads it. Of a part that could not be read it has no
// key; null: it was read, and there is none.
std::string nics_json(const Facts& facts, Scrubber& scrub) {
  const auto unread = [&](std::string_view part, const std::string& nic) {
    return std::ranges::any_of(facts.unread, [&](const Unread& one) {
      return fact_part_name(one.part) == part && (one.nic.empty() || one.nic == nic);
    });
  };
  document::Body body = facts_document(facts);
  const auto document = document::to_json({}, body);
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const auto& nic : document["nics"]) {
    const std::string name = nic["name"];
    nlohmann::ordered_json one = nlohmann::ordered_json::object();
    one["permanent_address"] = nic["permanent_address"];
    if (nic["features_unreadable"].get<std::string>().empty()) one["features"] = nic["features"];
    if (!unread("nic_shape", name)) {
      for (const char* shape : {"channels", "rings", "coalesce"})
        one[shape] = nic[shape].empty() ? nlohmann::ordered_json(nullptr) : nic[shape];
    }
    const bool asked = !nic["bus_address"].get<std::string>().empty();
    if (asked && !unread("nic_queues", name)) one["kernel_queues"] = nic["kernel_queues"];
    all[name] = std::move(one);
  }
  return scrub.text(printed(all, 1), Secrets::NoneHere) + "\n";
}

}  // namespace

Bundle make_bundle(const Host& host, const Result<ProgramsLook>& look,
                   std::chrono::system_clock::time_point at) {
  MachineRecord record;
  const Host recording = recording_host(host, record);
  const Facts facts = collect_facts(recording, FactNeed::All);
  look_further(recording, facts);
  const std::string& name = facts.host.hostname;
  const bool is_word =
      is_word_of_kernel(name, record) || (look && is_word_of_programs(name, *look));
  Scrubber scrub(is_word ? "" : name);
  Layout layout(host.files(), scrub);
  if (is_word)
    layout.note("the host's name",
                "it is also a word in paths of the kernel or of programs, so it cannot be told "
                "from them and stays");
  for (const auto& [path, looked] : record) layout.add(path, looked);
  layout.add_text("/nics.json", nics_json(facts, scrub));
  const auto programs = recorded_programs(look, rekey_facts(host.files()), facts.host, at, scrub);
  if (programs)
    layout.add_result(kRecordedProgramsFile, programs->text);
  else
    layout.note(std::string(kProgramsLeftOut), programs.error().text);
  Bundle bundle = layout.bundle();
  if (programs) bundle.list.program_names = programs->names;
  const Scrubber::Counts& counts = scrub.counts();
  bundle.list.removed = {.secrets = counts.secrets,
                         .mac_addresses = counts.mac_addresses,
                         .ip_addresses = counts.ip_addresses,
                         .host_names = counts.host_names,
                         .user_names = counts.user_names};
  return bundle;
}

// The list is shown before the file exists.
Answer bundle_answer(Context& context, const std::string& file) {
  const HostIdentity identity = collect_identity(context.host);
  const auto look = context.options.root.empty()
                        ? Result<ProgramsLook>(look_at_programs(context, identity))
                        : recorded_look(context, identity);
  Bundle bundle = make_bundle(context.host, look, context.host.clock().now());
  const Terminal& terminal = context.terminal;
  terminal.result(bundle_text(bundle.list, terminal.display()));
  Answer answer;
  if (!file.empty()) {
    const auto written = write_new_file(file, tar_bytes(bundle.entries));
    if (!written) return failure(ExitCode::Failed, written.error());
    bundle.list.file = file;
    terminal.result(
        text_line("written: {}; review it before you share it, then: tar -xf {}; "
                  "ktls-tuner diagnose --root {}",
                  file, file, kBundleFolder));
  }
  *answer.body = std::move(bundle.list);
  return answer;
}

std::string bundle_text(const document::Bundle& list, const Display& display) {
  Table table({"in the bundle", "what of it", "bytes"});
  for (const document::BundleFile& file : list.contents)
    table.add({{file.path}, {file.kept}, {size_text(file.bytes)}});
  std::string text = table.text(display);
  if (!list.program_names.empty())
    text += text_line("programs that speak TLS: {}", join(list.program_names, ", "));
  for (const document::BundleLeftOut& left : list.left_out)
    text += text_line("left out: {}: {}", left.path, left.because);
  return text + text_line(
                    "removed: {} secrets, {} MAC addresses, {} IP addresses, {} host names, {} "
                    "users' names",
                    list.removed.secrets, list.removed.mac_addresses, list.removed.ip_addresses,
                    list.removed.host_names, list.removed.user_names);
}

}  // namespace tuner
