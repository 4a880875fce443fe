// A bundle: enough of this machine to replay the reading verbs with --root, without secrets,
// addresses, host names and users' names, as a tar archive for someone else. Programs and their
// connections cannot be recorded as files, so the look at them is a document in it.
#pragma once

#include "cli/output/display.h"
#include "cli/render/recorded_programs.h"
#include "cli/request/verb.h"
#include "document/bundle.h"
#include "host/files/tar.h"
#include "host/host.h"

#include <chrono>
#include <string>
#include <vector>

namespace tuner {

// The folder in the archive that is the recorded machine.
inline constexpr std::string_view kBundleFolder = "ktls-tuner-bundle";

struct Bundle {
  std::vector<TarEntry> entries;  // by path: the same machine gives the same archive
  document::Bundle list;          // what is in it and what is not; `file` is not set
};

// Reads the machine: its facts, and the settings that plans compare. Nothing is written. The
// programs are those of `look`, seen at `at`; an error: they are left out, and its text says why.
Bundle make_bundle(const Host& host, const Result<ProgramsLook>& look,
                   std::chrono::system_clock::time_point at);

// The list, for people.
std::string bundle_text(const document::Bundle& list, const Display& display);

// What a verb with --bundle does: shows the list, and then writes the archive to `file`, which must
// not exist; empty: only the list.
Answer bundle_answer(Context& context, const std::string& file);

}  // namespace tuner
