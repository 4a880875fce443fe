#include "cli/request/version.h"

namespace tuner {

const std::string_view kVersion = KTLS_TUNER_VERSION;

}  // namespace tuner
