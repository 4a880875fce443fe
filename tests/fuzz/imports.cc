// Files of other programs that become a profile: one, and one that it may include.
#include "fuzz/fuzz.h"
#include "profile/find_profile.h"
#include "profile/import/import.h"
#include "profile/layer.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace tuner;
using fuzz::demand;
using importing::Draft;
using importing::ImportedLine;
using importing::LineFate;

constexpr const char* kFirst = "/etc/tuned/a/tuned.conf";
constexpr const char* kSecond = "/etc/tuned/b/tuned.conf";

void demand_accounted(const Imported& imported) {
  std::map<std::string, std::size_t> lines;
  for (const ImportedLine& line : imported.lines) {
    demand(line.place.line == static_cast<int>(++lines[line.place.file]), "lines are in order");
    const bool set = std::ranges::any_of(line.drafts, [](const Draft& d) { return !d.refused; });
    demand(set == (line.fate == LineFate::Set || line.fate == LineFate::SetWithWarning),
           "a line that is set has a setting");
    const bool reason = !line.reasons.empty() || !line.drafts.empty();
    demand(line.fate != LineFate::NotSet || reason, "a line that is not set has a reason");
  }
  for (const ImportedFile& file : imported.files)
    demand(lines[file.path] == file.lines, "every line is there");
}

FUZZ_TARGET(imports) {
  fuzz::Input input(data, size);
  std::map<std::string, std::string> files;
  files[kFirst] = input.part();
  files[kSecond] = input.rest();
  const ImportSource source{
      .read = [&](const std::string& path, std::size_t most) -> Result<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return fail(Fault::NotFound, path + ": not there");
        if (found->second.size() > most) return fail(Fault::Invalid, path + ": too large");
        return found->second;
      },
      .nics_of_irqs =
          [] {
            return std::map<int, std::string>{{45, "eth0"}, {46, "eth\x1b"}};
          }};
  const std::vector<std::string> paths{kFirst};
  const auto imported = import_profile(paths, "x", source);
  fuzz::demand_reason(imported);
  if (!imported) {
    demand(imported.error().fault != Fault::Internal, "what is imported is a valid profile");
    return 0;
  }
  demand(!has_errors(read_layer("x.yaml", imported->yaml).diagnostics), "the profile is valid");
  demand(imported->yaml.size() <= kProfileSizeLimit, "the profile has a limit");
  demand_accounted(*imported);
  return 0;
}

}  // namespace
