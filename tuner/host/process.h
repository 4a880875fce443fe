// This process: who runs it, and what it may do.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// For "by whom" in journal and history: "root", "root (sudo: alice)", "root (login uid 1000)".
std::string who_runs_this();

int process_id();

// Those of `wanted` ("CAP_NET_ADMIN") that this process does not have effectively, each once. Names
// unknown here and an unreadable /proc/self/status count as had: the kernel has the last word
// anyway.
std::vector<std::string> missing_capabilities(const FileTree& files,
                                              const std::vector<std::string_view>& wanted);

}  // namespace tuner
