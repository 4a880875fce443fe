// Writes imported lines as a profile. Pure.
#pragma once

#include "profile/import/line.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::importing {

struct WrittenProfile {
  std::string yaml;
  std::map<int, Draft*> drafts;  // by their line in `yaml`, from 1
};

// The heading is comment text, several lines. Settings stand in the order of their lines. Comments
// and lines that are not set stand above the setting that follows them in their section, or at the
// end. The lines must outlive the result.
WrittenProfile write_profile(const std::string& name, const std::string& summary,
                             std::span<const std::string> heading, std::span<ImportedLine> lines);

}  // namespace tuner::importing
