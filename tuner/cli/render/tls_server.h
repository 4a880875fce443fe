// The result of probe --connect --tls as text and document.
#pragma once

#include "cli/request/verb.h"
#include "document/tls_server.h"
#include "probe/server_verdict.h"

#include <optional>
#include <string>

namespace tuner {

// How the server was asked.
struct ServerManner {
  std::optional<Starttls> starttls;
  bool insecure = false;
};

// What a reader of a result of --insecure has to know first.
std::string insecure_warning(const ServerReport& report);

std::string tls_server_text(const JudgedServer& judged, const ServerManner& manner,
                            const Context& context);
document::ServerProbe tls_server_document(const JudgedServer& judged, const ServerManner& manner);

}  // namespace tuner
