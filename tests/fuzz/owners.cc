// Files of other programs, of the distribution and of a recorded machine.
//   s sysctl.d   l .link   n NetworkManager   t TuneD   u units   m modules   x ExecStart=
//   r nics.json  i ini   e udev rules
#include "base/ini_file.h"
#include "fuzz/fuzz.h"
#include "host/access/recorded_nics.h"
#include "host/facts/deny_list.h"
#include "host/facts/module_state.h"
#include "host/files/unit_files.h"
#include "host/owners/parts.h"
#include "host/owners/tuned_profile.h"
#include "host/owners/udev_rule.h"
#include "support/fake_host.h"

#include <string>
#include <vector>

namespace {

using namespace tuner;
using fuzz::demand;
using tuner::testing::FakeMachine;

Facts one_nic() {
  Facts facts;
  Nic nic;
  nic.name = "eth0";
  nic.ifindex = 2;
  nic.physical = true;
  nic.driver = "ice";
  facts.nics.push_back(nic);
  return facts;
}

void demand_complete(const std::vector<ExternalSetting>& external_settings) {
  for (const ExternalSetting& external : external_settings) {
    demand(!external.who.empty() && !external.where.empty(),
           "an external setting has an owner and a place");
    demand(!external.setting.empty(), "an external setting has a name");
  }
}

void external_settings(char kind, fuzz::Input input) {
  FakeMachine machine;
  const std::string first(input.part());
  const std::string second(input.part());
  const Facts facts = one_nic();
  Host host = machine.host();
  std::vector<ExternalSetting> found;
  machine.set("/run/systemd/system/x", "");
  if (kind == 's') {
    machine.set("/etc/sysctl.d/60-a.conf", first);
    machine.set("/usr/lib/sysctl.d/50-b.conf", second);
    machine.set("/proc/sys/net/core/rmem_max", "212992");
    add_sysctl_files(host.files(), found);
  } else if (kind == 'l') {
    machine.set("/etc/systemd/network/10-a.link", first);
    machine.set("/etc/systemd/network/10-a.link.d/b.conf", second);
    machine.set("/run/udev/data/n2",
                "E:ID_NET_LINK_FILE=/etc/systemd/network/10-a.link\n"
                "E:ID_NET_LINK_FILE_DROPINS=/etc/systemd/network/10-a.link.d/b.conf\n");
    add_link_files(host.files(), facts, found);
  } else if (kind == 'n') {
    machine.set("/run/NetworkManager/devices/2", first);
    machine.set("/etc/NetworkManager/system-connections/a.nmconnection", second);
    add_network_manager(host.files(), facts, found);
  } else {
    machine.set("/etc/tuned/active_profile", "a");
    machine.set("/run/tuned/tuned.pid", "1");
    machine.set("/usr/lib/tuned/a/tuned.conf", first);
    machine.set("/usr/lib/tuned/b/tuned.conf", second);
    for (const TunedUnit& unit : active_tuned_units(host.files())) {
      for (const TunedOption& option : unit.options)
        demand(!option.where.empty(), "an option has a place");
    }
    add_tuned(host.files(), facts, found);
  }
  demand_complete(found);
}

void units(fuzz::Input input) {
  FakeMachine machine;
  machine.set("/etc/systemd/system/irqbalance.service", input.part());
  machine.set("/etc/systemd/system/irqbalance.service.d/a.conf", input.part());
  Host host = machine.host();
  const FileTree& files = host.files();
  demand(ServiceUnit::read(files, "irqbalance.service").exec_start() ==
             ServiceUnit::read(files, "irqbalance.service").exec_start(),
         "the same files have the same commands");
}

void modules(fuzz::Input input) {
  FakeMachine machine;
  const std::string folder = "/lib/modules/6.1";
  machine.set(folder + "/modules.dep", input.part());
  machine.set(folder + "/modules.builtin", input.part());
  machine.set("/etc/modprobe.d/a.conf", input.part());
  machine.set("/boot/config-6.1", input.part());
  Host host = machine.host();
  const FileTree& files = host.files();
  (void)module_state(files, "tls", "6.1");
  if (const auto denial = find_denial(files, "tls"))
    demand(!denial->empty(), "a denial has a text");
}

void udev_rules(std::string_view text) {
  int before = 0;
  const auto rules = read_udev_rules(text);
  for (const UdevRule& rule : rules) {
    demand(rule.number > before, "rules are in order");
    before = rule.number;
    for (const UdevToken& token : rule.tokens) demand(!token.key.empty(), "a token has a key");
  }
  const Facts facts = one_nic();
  for (const UdevCommand& command : udev_commands(rules, facts.nics[0], "add")) {
    demand(command.number > 0, "a command has a line");
    for (const EthtoolSetting& one : ethtool_settings(command.text, "eth0"))
      demand(!one.knob.empty() && !one.name.empty(), "a setting has a name");
  }
}

void ini(std::string_view text) {
  int before = 0;
  for (const IniLine& line : read_ini(text)) {
    demand(!line.key.empty(), "a line has a key");
    demand(line.number > before, "lines are in order");
    before = line.number;
    demand(line.value.find('\n') == std::string::npos, "a value has one line");
  }
}

FUZZ_TARGET(owners) {
  fuzz::Input input(data, size);
  const char kind = input.kind();
  switch (kind) {
    case 's':
    case 'l':
    case 'n':
    case 't': external_settings(kind, input); break;
    case 'u': units(input); break;
    case 'm': modules(input); break;
    case 'x': {
      std::vector<std::string> commands;
      read_exec_start(input.rest(), commands);
      break;
    }
    case 'r': {
      const auto port = recorded_nic_port(input.rest());
      fuzz::demand_reason(port);
      if (port) fuzz::demand_reason((*port)->features("eth0"));
      if (port) fuzz::demand_reason((*port)->kernel_queues("eth0"));
      break;
    }
    case 'i': ini(input.rest()); break;
    case 'e': udev_rules(input.rest()); break;
    default: break;
  }
  return 0;
}

}  // namespace
