// What of a file goes into a bundle, by its path: of files that people write only the lines that
// the tuner reads, of files of the kernel only their values. A file without a row stays out. Pure.
#pragma once

#include "base/words.h"
#include "model/scrub.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

enum class Keep {
  Nothing,      // it stays out: no row, or a row that says so
  FirstLine,    // the value of a file of the kernel
  Lines,        // lines that match one of the row's patterns; the others become empty lines
  Whole,        // all lines
  Numbers,      // lines that are one number
  ModuleNames,  // modules.dep: the name of each module, without what it needs
  Install,      // modprobe.d: blacklist and install lines, without the arguments of a program
  Options,      // /proc/cmdline: the modules that it loads or denies
  Routes,       // /proc/net/route, ipv6_route: default routes, without addresses
  Presence,     // an empty file: only that it exists
  HostName,     // a substitute
  Mounts,       // /proc/self/mounts: those of NFS with TLS, without the server
  Result,       // of no row: what this tool found, in a file of its own
};
template <>
inline constexpr auto kWords<Keep> = std::to_array<Word<Keep>>({{Keep::Nothing, "nothing"},
                                                                {Keep::FirstLine, "first_line"},
                                                                {Keep::Lines, "lines"},
                                                                {Keep::Whole, "whole"},
                                                                {Keep::Numbers, "numbers"},
                                                                {Keep::ModuleNames, "module_names"},
                                                                {Keep::Install, "install_lines"},
                                                                {Keep::Options, "options"},
                                                                {Keep::Routes, "routes"},
                                                                {Keep::Presence, "presence"},
                                                                {Keep::HostName, "host_name"},
                                                                {Keep::Mounts, "mounts"},
                                                                {Keep::Result, "result"}});

struct BundleRule {
  std::string_view path;  // as of glob_match(): '*' also matches slashes
  Keep keep = Keep::Nothing;
  std::string_view lines = {};  // patterns of lines, separated by newlines; of Keep::Lines
};

// The first row that matches. Keep::Nothing: none does.
const BundleRule& bundle_rule(std::string_view path);

// What goes into the bundle of a file's text, scrubbed.
std::string kept_text(const BundleRule& rule, std::string_view text, Scrubber& scrub);

}  // namespace tuner
