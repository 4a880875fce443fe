#include "base/ini_file.h"
#include "base/text.h"
#include "host/owners/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

struct LinkKey {
  std::string_view key;
  std::string_view knob;
  std::string_view settings;  // separated by blanks; {} is replaced by the NIC's name
};

// Keys of section [Link] in systemd.link(5), up to systemd 260, that set what this tool can set.
constexpr std::array kKeys{
    LinkKey{"ReceiveChecksumOffload", "nic_features", "rx-checksum"},
    LinkKey{"TransmitChecksumOffload", "nic_features",
            "tx-checksum-ip-generic tx-checksum-ipv4 tx-checksum-ipv6"},
    LinkKey{"GenericSegmentationOffload", "nic_features", "tx-generic-segmentation"},
    LinkKey{"PartialGenericSegmentationOffload", "nic_features", "tx-gso-partial"},
    LinkKey{"TCPSegmentationOffload", "nic_features", "tx-tcp-segmentation"},
    LinkKey{"TCP6SegmentationOffload", "nic_features", "tx-tcp6-segmentation"},
    LinkKey{"GenericReceiveOffload", "nic_features", "rx-gro"},
    LinkKey{"GenericReceiveOffloadHardware", "nic_features", "rx-gro-hw"},
    LinkKey{"GenericReceiveOffloadList", "nic_features", "rx-gro-list"},
    LinkKey{"GenericReceiveOffloadUDPForwarding", "nic_features", "rx-udp-gro-forwarding"},
    LinkKey{"LargeReceiveOffload", "nic_features", "rx-lro"},
    LinkKey{"ReceiveVLANCTAGHardwareAcceleration", "nic_features", "rx-vlan-hw-parse"},
    LinkKey{"TransmitVLANCTAGHardwareAcceleration", "nic_features", "tx-vlan-hw-insert"},
    LinkKey{"ReceiveVLANCTAGFilter", "nic_features", "rx-vlan-filter"},
    LinkKey{"TransmitVLANSTAGHardwareAcceleration", "nic_features", "tx-vlan-stag-hw-insert"},
    LinkKey{"NTupleFilter", "nic_features", "rx-ntuple-filter"},
    LinkKey{"RxChannels", "nic_channels", "rx"},
    LinkKey{"TxChannels", "nic_channels", "tx"},
    LinkKey{"OtherChannels", "nic_channels", "other"},
    LinkKey{"CombinedChannels", "nic_channels", "combined"},
    LinkKey{"RxBufferSize", "nic_rings", "rx"},
    LinkKey{"TxBufferSize", "nic_rings", "tx"},
    LinkKey{"UseAdaptiveRxCoalesce", "nic_coalesce", "adaptive-rx"},
    LinkKey{"UseAdaptiveTxCoalesce", "nic_coalesce", "adaptive-tx"},
    LinkKey{"RxCoalesceSec", "nic_coalesce", "rx-usecs"},
    LinkKey{"TxCoalesceSec", "nic_coalesce", "tx-usecs"},
    LinkKey{"RxMaxCoalescedFrames", "nic_coalesce", "rx-frames"},
    LinkKey{"TxMaxCoalescedFrames", "nic_coalesce", "tx-frames"},
    LinkKey{"ReceivePacketSteeringCPUMask", "", "/sys/class/net/{}/queues/rx-*/rps_cpus"},
    LinkKey{"IRQAffinityPolicy", "irq_affinity", "*"},
};

// The files that udev has applied to a NIC, from udev's database. udev has evaluated the conditions
// in [Match]; if udev does not run, no such file is applied.
//
// E:ID_NET_LINK_FILE=/usr/lib/systemd/network/99-default.link
// E:ID_NET_LINK_FILE_DROPINS=/etc/systemd/network/99-default.link.d/rings.conf
std::vector<std::string> applied_files(const FileTree& files, const Nic& nic) {
  constexpr std::string_view kFile = "E:ID_NET_LINK_FILE=";
  constexpr std::string_view kDropIns = "E:ID_NET_LINK_FILE_DROPINS=";
  const auto text = files.read(fmt::format("/run/udev/data/n{}", nic.ifindex));
  if (!text) return {};
  std::vector<std::string> paths;
  std::vector<std::string_view> drop_ins;
  for (const std::string_view line : lines(*text)) {
    if (line.starts_with(kFile)) paths.emplace_back(line.substr(kFile.size()));
    if (line.starts_with(kDropIns)) drop_ins = split(line.substr(kDropIns.size()), ':');
  }
  paths.insert(paths.end(), drop_ins.begin(), drop_ins.end());
  return paths;
}

void add_line(const IniLine& line, const std::string& path, const Nic& nic,
              LastPerSetting& external_settings) {
  const auto* row = std::ranges::find(kKeys, line.key, &LinkKey::key);
  if (line.section != "Link" || row == kKeys.end()) return;
  for (const std::string_view setting : split_whitespace(row->settings)) {
    external_settings.add({.who = "systemd-udevd",
                           .where = fmt::format("{}:{}", path, line.number),
                           .knob = std::string(row->knob),
                           .setting = fmt::format(fmt::runtime(setting), nic.name),
                           .nic = nic.name,
                           .value = line.value});
  }
}

}  // namespace

void add_link_files(const FileTree& files, const Facts& facts,
                    std::vector<ExternalSetting>& external_settings) {
  for (const Nic& nic : facts.nics) {
    // A list per NIC: the same setting of another NIC comes from another file and is no duplicate.
    LastPerSetting own;
    for (const std::string& path : applied_files(files, nic)) {
      for (const IniLine& line : read_ini(files.read(path).value_or("")))
        add_line(line, path, nic, own);
    }
    // An empty value in a drop-in resets the setting of the file.
    auto kept = own.take();
    std::erase_if(kept, [](const ExternalSetting& external) { return external.value.empty(); });
    append(external_settings, std::move(kept));
  }
}

}  // namespace tuner
