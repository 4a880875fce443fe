// The document of a bundle: what is in it, and what is not.
#pragma once

#include "document/common.h"
#include "model/bundle_rules.h"

namespace tuner::document {

struct BundleFile {
  std::string path;
  std::string kept;
  std::uint64_t bytes = 0;
};

void describe(auto& keys, Exactly<BundleFile> auto& file) {
  keys.object("bundle_file", "A file in the bundle");
  keys.key({"path", "On the machine, scrubbed", kNotEmpty}, file.path);
  keys.key({"kept", "What of it", {.words = words_of<Keep>()}}, file.kept);
  keys.key({"bytes", "In the bundle"}, file.bytes);
}

struct BundleLeftOut {
  std::string path;
  std::string because;
};

void describe(auto& keys, Exactly<BundleLeftOut> auto& left) {
  keys.object("bundle_left_out", "A file that was read, or should have been, and is not in it");
  keys.key({"path", {}, kNotEmpty}, left.path);
  keys.key({"because", "A clause", kNotEmpty}, left.because);
}

struct BundleRemoved {
  std::uint64_t secrets = 0;
  std::uint64_t mac_addresses = 0;
  std::uint64_t ip_addresses = 0;
  std::uint64_t host_names = 0;
  std::uint64_t user_names = 0;
};

void describe(auto& keys, Exactly<BundleRemoved> auto& removed) {
  keys.object("bundle_removed", "How many places of the kept text were replaced");
  keys.key({"secrets"}, removed.secrets);
  keys.key({"mac_addresses"}, removed.mac_addresses);
  keys.key({"ip_addresses"}, removed.ip_addresses);
  keys.key({"host_names"}, removed.host_names);
  keys.key({"user_names", "In paths below /home", kLater}, removed.user_names);
}

struct Bundle {
  std::optional<std::string> file;
  std::vector<BundleFile> contents;
  Texts program_names;
  std::vector<BundleLeftOut> left_out;
  BundleRemoved removed;
};

void describe(auto& keys, Exactly<Bundle> auto& bundle) {
  keys.object("bundle", "A recording of the machine for others, to be replayed with --root");
  keys.key({"file", "The archive; null: nothing was written"}, bundle.file);
  keys.key({"contents", "By path"}, bundle.contents);
  keys.key(
      {"program_names",
       "Those that speak TLS, by service and name; their state is in programs.json. Empty also "
       "if it is left out",
       kLater},
      bundle.program_names);
  keys.key({"left_out", "By path"}, bundle.left_out);
  keys.key({"removed"}, bundle.removed);
}

}  // namespace tuner::document
