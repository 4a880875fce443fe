// Saved documents as text for the terminal, in the form in which the verb printed its result.
#pragma once

#include "cli/request/verb.h"
#include "report/reports.h"

#include <string>

namespace tuner {

std::string documents_text(const Saved& saved, const Context& context);

}  // namespace tuner
