// Profiles: a single one, and one that extends another.
#include "fuzz/fuzz.h"
#include "profile/find_profile.h"
#include "profile/merge.h"
#include "profile/yaml_tree.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace tuner;

class TwoFiles : public ProfileFiles {
 public:
  std::map<std::string, std::string, std::less<>> files;

  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Fault::NotFound, path + ": No such file or directory");
    if (found->second.size() > max_bytes) return fail(Fault::Invalid, path + " is too large");
    return found->second;
  }
  Result<std::vector<std::string>> list(const std::string&) const override {
    return std::vector<std::string>{"child.yaml", "parent.yaml"};
  }
};

FUZZ_TARGET(profile) {
  fuzz::Input input(data, size);
  TwoFiles files;
  files.files["/p/child.yaml"] = input.part();
  files.files["/p/parent.yaml"] = input.rest();
  const std::string& text = files.files["/p/child.yaml"];
  const std::vector<std::string> folders{"/p"};

  const YamlText tree = read_yaml(text);
  fuzz::demand(tree.root || !tree.problems.empty(), "without a tree there is an error");
  const LoadedProfile loaded = load_profile(files, "/p/child.yaml", folders);
  const bool refused = std::ranges::any_of(loaded.diagnostics, [](const Diagnostic& d) {
    return d.severity == Diagnostic::Severity::Error;
  });
  fuzz::demand(loaded.profile.has_value() != refused, "either a profile or an error");
  if (!tree.problems.empty()) fuzz::demand(!loaded.profile, "malformed YAML is not a profile");
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    fuzz::demand(!diagnostic.message.empty(), "a diagnostic has a message");
  if (loaded.profile) {
    const LoadedProfile again = load_profile(files, "/p/child.yaml", folders);
    fuzz::demand(again.profile && profile_digest(*again.profile) == profile_digest(*loaded.profile),
                 "the same text is the same profile");
    fuzz::demand(text.find('\0') == std::string::npos, "a profile is text");
  }
  (void)list_profiles(files, folders);
  return 0;
}

}  // namespace
