// Settings for which the kernel offers a list of words: congestion control, queueing discipline,
// governor, energy preference. A module may add a word that is not on the list.
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

// The words of such a file, "reno cubic\n". Fault::Io if the file is empty or its line has no end:
// the kernel always offers at least one word and ends the line, so part of the list is missing.
Result<std::vector<std::string>> read_choices(const FileTree& files, std::string_view path);

// The state of the module that would add the choice, for the running kernel (installed_module()).
ModuleFacts module_of_choice(const Host& host, std::string_view module);

// The observation for a choice that is not on the list `path`, from the state of its module.
// Loadable, live or built in: Available, with the remark that the kernel loads the module.
Observation not_on_list(std::string_view path, std::span<const std::string> offered,
                        std::string_view module, const ModuleFacts& facts);

}  // namespace tuner
