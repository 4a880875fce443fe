// Settings of which the kernel offers a list of words: congestion control, queueing discipline,
// governor, energy preference. What a list does not have may still come with a module.
#pragma once

#include "base/result.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The words of such a file, "reno cubic\n". Fault::Io when it is empty or its line does not end:
// the kernel always offers one, and ends the line, so a part of the list is missing.
Result<std::vector<std::string>> read_choices(const FileTree& files, std::string_view path);

// How the module that would bring the choice stands for the running kernel (installed_module()).
ModuleFacts module_of_choice(const Host& host, std::string_view module);

// For a choice that is not on the list `path`: what follows from its module. Loadable and built in:
// Available, with the remark that the kernel loads it.
Observation not_on_list(std::string_view path, std::span<const std::string> offered,
                        std::string_view module, const ModuleFacts& facts);

}  // namespace tuner
