// Programs with ways of their own to use kernel TLS, one row each. Pure.
//
// Every other program uses kTLS exactly if its OpenSSL configuration asks for it and it hands
// libssl a socket (tls_transport.h).
#pragma once

#include "model/programs/server_config.h"
#include "model/release.h"

#include <optional>
#include <span>
#include <string_view>

namespace tuner {

struct KnownProgram {
  std::string_view name;  // of its executable
  // Files that it loads for TLS, in the folders of its package; '*' stands for the folder of the
  // architecture. Empty: the executable itself is linked with libssl.
  std::span<const std::string_view> plugins = {};
  // Scripts that a unit starts in its place, by name, and the executable that they start. '*'
  // stands for the part of the unit's instance before its dash: "15" of
  // "postgresql@15-main.service".
  std::span<const std::string_view> starters = {};
  std::string_view executable = {};
  // It has TLS only if it was started with this short option, whose letter may stand in a group, or
  // with this long one. Empty: TLS does not depend on its command line.
  std::string_view tls_option = {}, long_tls_option = {};
  bool on_by_itself = false;  // uses kTLS as soon as the kernel has it, unless switched off
  // Of a program with a BIO of its own: the option of its configuration and the versions with which
  // it moves its connections into the kernel itself, as the end of a sentence. Empty: it never
  // does.
  std::string_view moves_itself = {};
  // Why a KeyUpdate breaks what it moved itself, whatever kernel and libssl. Empty: it does not.
  std::string_view keeps_old_keys = {};
  // The lines that switch it on and off and that allow TLS 1.2 only. Empty: it has none of its own.
  std::string_view on = {};
  std::string_view off = {};
  std::string_view only_tls12 = {};
  // What its configuration has where it asks for kTLS, and no longer has if it is to stop.
  std::string_view removed = "KTLS from the Options";
  // Reads its own configuration. Null: there is no reader.
  ServerConfig (*read_config)(std::string_view path, const ConfigSource& source) = nullptr;
  std::string_view test = {};    // the command that tests its configuration; empty: it has none
  std::string_view config = {};  // the usual file
  std::string_view config_option = {};  // of its command line, that names another: "-f"
};

std::span<const KnownProgram> known_programs();
// nullptr: no row.
const KnownProgram* known_program(std::string_view name);
// The program that a script of this name starts; nullptr: no row.
const KnownProgram* started_by(std::string_view script);

// The modules through which an interpreter uses libssl once a script asks for TLS, as patterns of
// paths. `name`: of its executable, "python3.11". Empty: no row.
std::span<const std::string_view> tls_modules(std::string_view name);

}  // namespace tuner
