// What the two steering families, xps and rps, have in common: the files of a NIC's queues below
// /sys/class/net/NIC/queues, how they are read and written, and the keys of their subjects.
#pragma once

#include "host/host.h"
#include "knobs/knob.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kQueueRight = "CAP_NET_ADMIN";

// One file of a queue: "xps:pci:0000:81:00.0/tx-3", named "eth0/tx-3", at
// /sys/class/net/eth0/queues/tx-3/xps_cpus. `ending` of key and name tells a queue's second file
// from its first.
Subject queue_subject(std::string_view family, const Nic& nic, std::string_view queue,
                      std::string_view file, std::string_view ending = "");

// "/sys/class/net/eth0/queues/tx-3/xps_rxqs", beside "…/tx-3/xps_cpus".
std::string beside(const Subject& subject, std::string_view file);

// The queue in "xps:pci:0000:81:00.0/tx-3", for the prefix before the 3 and the ending after it;
// nothing when the key is of another form.
std::optional<int> queue_in_key(std::string_view key, std::string_view prefix,
                                std::string_view ending);

// Reads subject.place. What is not there is unsupported, in words: the queue, more than one of
// them, or steering in this kernel.
Observation observe_queue_file(const FileTree& files, const Subject& subject,
                               Result<Value> (*parse)(std::string_view text));

// "ff,00000000" as a CpuSet; "4096" as an integer.
Result<Value> parse_queue_mask(std::string_view text);
Result<Value> parse_queue_count(std::string_view text);

// Writes `text` to subject.place; `invalid` is what EINVAL means there.
Outcome write_queue_file(Host& host, const Change& change, std::string_view text,
                         std::string_view invalid);

}  // namespace tuner
