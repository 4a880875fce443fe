#include "cli/steps/proved_config.h"

#include "base/text.h"
#include "host/files/trusted_path.h"
#include "host/programs/config_source.h"
#include "probe/run_probe.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Outcome are_trusted(const OpensslConfig& config) {
  for (const std::string& file : config.files) TRY(input_is_trusted(file));
  for (const std::string& file : config.missing) TRY(absence_is_trusted(file));
  return {};
}

}  // namespace

Result<ProvedConfig> proved_config(
    const Context& context, const std::string& path,
    const std::function<std::string(const KtlsConfig& config, bool base_exists)>& text_of) {
  const OpensslConfig base = read_openssl_config(path, config_source(context.host.files()));
  ProvedConfig proved{.config = TRY(ktls_config(path, base)),
                      .base_exists = !base.files.empty(),
                      .text = {},
                      .before = {},
                      .proof = {}};
  TRY(are_trusted(base));
  proved.before = TRY(read_back(ConfigFile{path}));
  proved.text = text_of(proved.config, proved.base_exists);
  proved.proof = TRY(read_back(ConfigText{proved.text}));
  // libssl's own reading of both is compared: what this program read is no proof.
  const auto doubts = doubts_of_addition(proved.before, proved.proof);
  if (doubts.empty()) return proved;
  return fail(
      Fault::Refused,
      fmt::format("the configuration was made and {} does not take it as meant, so it is not "
                  "used: {}",
                  proved.proof.library, join(doubts, "; ")),
      "the configuration that it includes has something that this program did not understand: "
      "please report it with that file");
}

Result<std::string> own_config_file() {
  auto own = TRY(read_back(OwnConfig{}));
  return std::move(own.config_file);
}

}  // namespace tuner
