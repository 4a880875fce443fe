// The protocols in which TLS begins after some plain text (starttls.h). A header of its own, since
// the options of the command line need no more.
#pragma once

#include "base/words.h"

namespace tuner {

enum class Starttls { Smtp, Imap, Postgres };
template <>
inline constexpr auto kWords<Starttls> = std::to_array<Word<Starttls>>(
    {{Starttls::Smtp, "smtp"}, {Starttls::Imap, "imap"}, {Starttls::Postgres, "postgres"}});

}  // namespace tuner
