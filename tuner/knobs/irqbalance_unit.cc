#include "knobs/irqbalance_unit.h"

#include "base/text.h"
#include "host/facts/neighbours.h"
#include "host/files/unit_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tuner {
namespace {

PciAddresses addresses(std::string_view text) {
  PciAddresses found;
  for (const std::string_view word : split_whitespace(text)) found.emplace(word);
  return found;
}

// The addresses between "VARIABLE=" and `end`.
PciAddresses devices_in(std::string_view text, char end) {
  const auto at = text.find(fmt::format("{}=", kBanVariable));
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + kBanVariable.size() + 1);
  return addresses(rest.substr(0, rest.find(end)));
}

// A line of /proc/PID/cgroup: 0::/system.slice/irqbalance.service
bool belongs_to_unit(const FileTree& files, int pid) {
  const auto groups = files.read(fmt::format("/proc/{}/cgroup", pid));
  if (!groups) return false;
  return std::ranges::any_of(lines(*groups), [](std::string_view line) {
    return line.ends_with(fmt::format("/{}", kBanUnit));
  });
}

// ExecStart may have special characters before the program (systemd.service(5)).
bool starts_irqbalance(std::string_view command) {
  while (!command.empty() && std::string_view("-@:+!|").find(command.front()) != std::string::npos)
    command.remove_prefix(1);
  const auto words = split_whitespace(command);
  return !words.empty() && (words[0] == "irqbalance" || words[0].ends_with("/irqbalance"));
}

void read_unit(const FileTree& files, BanState& state) {
  // Without our own drop-in, whose command already has the option: it would be added again at each
  // change.
  const auto commands = ServiceUnit::read(files, kBanUnit).exec_start(kBanDropIn);
  state.unit = !commands.empty() && files.exists("/run/systemd/system");
  if (commands.size() == 1 && starts_irqbalance(commands[0])) {
    state.command = commands[0];
  } else if (state.unit) {
    state.refused = fmt::format("{} starts it with '{}', where no option can be added", kBanUnit,
                                join(commands, "; "));
  }
}

void read_process(const FileTree& files, BanState& state) {
  state.of_unit = belongs_to_unit(files, state.pid);
  const auto line = files.read(fmt::format("/proc/{}/cmdline", state.pid));
  state.asks_us = line && policy_script_of(*line).ends_with(fmt::format("/{}", kBanScript));
  const auto environment = files.read(fmt::format("/proc/{}/environ", state.pid));
  if (environment)
    state.in_process = devices_in(*environment, '\0');
  else
    state.unread = environment.error();
}

}  // namespace

BanState read_ban_state(const FileTree& files) {
  BanState state{.pid = tuning_program_pid(files, "irqbalance")};
  read_unit(files, state);
  if (const auto text = files.read(kBanDropIn)) state.in_drop_in = devices_of_drop_in(*text);
  if (state.pid > 0) read_process(files, state);
  return state;
}

std::string ban_drop_in(std::string_view command, std::string_view script,
                        const PciAddresses& devices) {
  const std::vector<std::string> words(devices.begin(), devices.end());
  // The empty ExecStart= removes the unit's command first: only Type=oneshot may have several
  // (systemd.service(5)).
  return fmt::format(
      "# Written by ktls-tuner, removed by ktls-tuner rollback. The command is that of {} with one "
      "more option.\n"
      "[Service]\n"
      "Environment=\"{}={}\"\n"
      "ExecStart=\n"
      "ExecStart={} --policyscript={}\n",
      kBanUnit, kBanVariable, join(words, " "), command, script);
}

PciAddresses devices_of_drop_in(std::string_view text) {
  return devices_in(text, '"');
}

// As getopt_long(3): the last option counts, long options may be abbreviated, and the value of a
// short option may follow it directly.
std::string policy_script_of(std::string_view command_line) {
  std::string script;
  bool next = false;
  for (const std::string_view word : split(command_line, '\0')) {
    const bool is_long = word.starts_with("--pol");
    const auto equals = word.find('=');
    if (next)
      script = word;
    else if (is_long && equals != std::string_view::npos)
      script = word.substr(equals + 1);
    else if (word.starts_with("-l") && word.size() > 2)
      script = word.substr(2);
    next = !next && ((is_long && equals == std::string_view::npos) || word == "-l");
  }
  return script;
}

}  // namespace tuner
