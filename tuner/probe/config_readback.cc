#include "probe/config_readback.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// "TLSv1.2" of 0x0303.
std::string version_text(std::int64_t version) {
  if (version == 0) return "none";
  if (version >= 0x0301 && version <= 0x0304) return fmt::format("TLSv1.{}", version - 0x0301);
  return fmt::format("{:#x}", version);
}

void compare(std::string_view end, const ContextSettings& base, const ContextSettings& now,
             std::vector<std::string>& doubts) {
  const auto add = [&](std::string text) {
    doubts.push_back(fmt::format("{}: {}", end, std::move(text)));
  };
  // kTLS is asked for, and all that follows must be as it was without the addition.
  if (!now.asks_ktls) add("kTLS is not asked for");
  if (now.options != base.options)
    add(fmt::format("other options are {:#x} instead of {:#x}", now.options, base.options));
  if (now.min_version != base.min_version)
    add(fmt::format("MinProtocol is {} instead of {}", version_text(now.min_version),
                    version_text(base.min_version)));
  if (now.max_version != base.max_version)
    add(fmt::format("MaxProtocol is {} instead of {}", version_text(now.max_version),
                    version_text(base.max_version)));
  if (now.security_level != base.security_level)
    add(fmt::format("the security level is {} instead of {}", now.security_level,
                    base.security_level));
  if (now.ciphers != base.ciphers) add("the list of ciphers is another");
}

}  // namespace

std::vector<std::string> doubts_of_addition(const ConfigReadback& base,
                                            const ConfigReadback& with_option) {
  std::vector<std::string> doubts;
  if (with_option.library != base.library)
    doubts.push_back(
        fmt::format("two libraries answered: {} and {}", base.library, with_option.library));
  compare("server", base.server, with_option.server, doubts);
  compare("client", base.client, with_option.client, doubts);
  return doubts;
}

}  // namespace tuner
