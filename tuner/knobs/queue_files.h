// Code shared by the two steering families, xps and rps: reads and writes the files of a NIC's
// queues below /sys/class/net/NIC/queues, and makes the keys of their subjects.
#pragma once

#include "host/host.h"
#include "knobs/knob.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kQueueRight = "CAP_NET_ADMIN";

// The subject for one file of a queue: key "xps:pci:0000:81:00.0/tx-3", name "eth0/tx-3", place
// /sys/class/net/eth0/queues/tx-3/xps_cpus. `ending` is appended to key and name and distinguishes
// a queue's second file from its first.
Subject queue_subject(std::string_view family, const Nic& nic, std::string_view queue,
                      std::string_view file, std::string_view ending = "");

// The path of another file of the subject's queue: "/sys/class/net/eth0/queues/tx-3/xps_rxqs" for
// "…/tx-3/xps_cpus".
std::string beside(const Subject& subject, std::string_view file);

// The queue number between `prefix` and `ending` in a key such as "xps:pci:0000:81:00.0/tx-3";
// nullopt if the key has another form.
std::optional<int> queue_in_key(std::string_view key, std::string_view prefix,
                                std::string_view ending);

// Reads subject.place. Unsupported, with the reason, if the file is absent: the queue is gone, the
// NIC has only one transmit queue, or the kernel has no steering.
Observation observe_queue_file(const FileTree& files, const Subject& subject,
                               Result<Value> (*parse)(std::string_view text));

// "ff,00000000" as a CpuSet; "4096" as an integer.
Result<Value> parse_queue_mask(std::string_view text);
Result<Value> parse_queue_count(std::string_view text);

// Writes `text` to subject.place. On EINVAL the hint is `invalid`.
Outcome write_queue_file(Host& host, const Change& change, std::string_view text,
                         std::string_view invalid);

}  // namespace tuner
