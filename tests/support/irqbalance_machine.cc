#include "support/irqbalance_machine.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::testing {
namespace {

constexpr std::string_view kUnit = "irqbalance.service";
constexpr std::string_view kArguments = "/etc/default/irqbalance";
constexpr std::string_view kUnitText =
    "[Unit]\n"
    "Description=irqbalance daemon\n"
    "[Service]\n"
    "EnvironmentFile=-/etc/default/irqbalance\n"
    "ExecStart=/usr/sbin/irqbalance --foreground $IRQBALANCE_ARGS\n"
    "[Install]\n"
    "WantedBy=multi-user.target\n";
constexpr int kPid = 412;

// The text after the last "KEY=" in the files, in order. An empty value counts.
std::string last_value(const std::vector<std::string>& texts, std::string_view key) {
  std::string value;
  for (const std::string& text : texts) {
    for (const std::string_view line : lines(text)) {
      if (line.starts_with(key)) value = line.substr(key.size());
    }
  }
  std::erase(value, '"');
  return value;
}

std::vector<std::string> unit_texts(const FakeState& state) {
  std::vector<std::string> texts{state.files.at("/lib/systemd/system/irqbalance.service")};
  for (const std::string_view folder : {"/etc/systemd/system", "/run/systemd/system"}) {
    const std::string place = fmt::format("{}/{}.d/", folder, kUnit);
    for (const auto& [path, text] : state.files) {
      if (path.starts_with(place)) texts.push_back(text);
    }
  }
  return texts;
}

void stop(FakeState& state) {
  const auto procs = state.files.find(kIrqbalanceGroup);
  if (procs == state.files.end()) return;
  const std::string folder = fmt::format("/proc/{}/", trim(procs->second));
  std::erase_if(state.files, [&](const auto& file) { return file.first.starts_with(folder); });
  state.files.erase(procs);
}

void start(FakeState& state, int pid) {
  const auto texts = unit_texts(state);
  std::string command = last_value(texts, "ExecStart=");
  constexpr std::string_view kVariable = "$IRQBALANCE_ARGS";
  const auto at = command.find(kVariable);
  if (at != std::string::npos)
    command.replace(at, kVariable.size(),
                    last_value({state.files.at(std::string(kArguments))}, "IRQBALANCE_ARGS="));
  std::string line;
  for (const std::string_view word : split_whitespace(command)) line += std::string(word) + '\0';
  const std::string folder = fmt::format("/proc/{}", pid);
  state.files[folder + "/comm"] = "irqbalance\n";
  state.files[folder + "/cmdline"] = line;
  state.files[folder + "/environ"] =
      std::string("PATH=/usr/bin") + '\0' + last_value(texts, "Environment=") + '\0';
  state.files[folder + "/cgroup"] = fmt::format("0::/system.slice/{}\n", kUnit);
  state.files[std::string(kIrqbalanceGroup)] = fmt::format("{}\n", pid);
}

Outcome restart(FakeState& state) {
  stop(state);
  start(state, kPid);
  return {};
}

}  // namespace

void add_irqbalance(FakeMachine& machine, std::string_view arguments) {
  machine->folders.insert("/run/systemd/system");
  machine.set("/lib/systemd/system/irqbalance.service", kUnitText);
  machine.set(kArguments, fmt::format("IRQBALANCE_ARGS=\"{}\"", arguments));
  machine->units[std::string(kUnit)] = restart;
  start(*machine.operator->(), kPid);
}

void stop_irqbalance(FakeMachine& machine) {
  stop(*machine.operator->());
}

std::string irqbalance_command(const FakeMachine& machine) {
  const auto procs = machine->files.find(kIrqbalanceGroup);
  if (procs == machine->files.end()) return {};
  std::string line = machine->files.at(fmt::format("/proc/{}/cmdline", trim(procs->second)));
  std::ranges::replace(line, '\0', ' ');
  return std::string(trim(line));
}

}  // namespace tuner::testing
