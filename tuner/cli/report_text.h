// Saved documents for the terminal, as the verb that wrote them printed its result.
#pragma once

#include "cli/verb.h"
#include "report/reports.h"

#include <string>

namespace tuner {

std::string documents_text(const Saved& saved, const Context& context);

}  // namespace tuner
