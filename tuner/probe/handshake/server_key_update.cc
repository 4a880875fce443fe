#include "probe/handshake/server_key_update.h"

#include "probe/handshake/server_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using How = CallEnd::How;

// A server that cannot go on says so at once; one that can is silent.
constexpr std::chrono::seconds kSilence{1};
constexpr std::chrono::seconds kEnding{3};

// Reads until the server ends the connection or the time is over. Tickets and a KeyUpdate of the
// server are read here, too.
CallEnd listen_until(ServerConnection& connection, Deadline deadline) {
  std::array<char, 16384> buffer;
  while (true) {
    CallEnd end = connection.read(buffer, deadline);
    if (!end.done()) return end;
    if (SteadyClock::now() >= deadline)
      return {.how = How::TimedOut, .words = "it goes on sending"};
  }
}

bool is_complete(const std::optional<HttpContent>& http) {
  return http && http->end != HttpEnd::Cut;
}

ServerKeyUpdate answer(KeyUpdateSurvival answer, std::string because) {
  return {.answer = answer, .because = std::move(because)};
}

// With content on both connections: data decides, in both directions.
ServerKeyUpdate judge_content(const KeyUpdateSession& without, const KeyUpdateSession& with) {
  if (!is_complete(without.http)) {
    return answer(
        KeyUpdateSurvival::Unknown,
        "without a KeyUpdate the content was not complete, either: " + without.http->because);
  }
  if (is_complete(with.http)) {
    return answer(
        KeyUpdateSurvival::Survived,
        fmt::format("it read the request under the new key and sent {} bytes{}", with.http->bytes,
                    with.answered ? " under a new key of its own" : ""));
  }
  return answer(KeyUpdateSurvival::Broken,
                "after a KeyUpdate the content was not complete: " + with.http->because);
}

// How the connection ended decides. Its close_notify is this end's first data under the new key.
ServerKeyUpdate judge_ends(const KeyUpdateSession& without, const KeyUpdateSession& with) {
  const auto alert = [](const KeyUpdateSession& session) {
    return session.early.how == How::Alert || session.ending.how == How::Alert;
  };
  if (alert(with) && !alert(without)) {
    return answer(KeyUpdateSurvival::Broken,
                  "after a KeyUpdate " +
                      (with.early.how == How::Alert ? with.early.words : with.ending.words));
  }
  if (without.early.how != How::TimedOut) {
    return answer(KeyUpdateSurvival::Unknown,
                  "the server ends a silent connection within a second without a KeyUpdate, too");
  }
  if (with.early.how != How::TimedOut)
    return answer(KeyUpdateSurvival::Broken, "after a KeyUpdate " + with.early.words);
  if (with.ending.how == How::Announced && without.ending.how == How::Announced) {
    return answer(KeyUpdateSurvival::Survived,
                  fmt::format("it read this end's close_notify under the new key and answered it{}",
                              with.answered ? ", after a KeyUpdate of its own" : ""));
  }
  return answer(KeyUpdateSurvival::Unknown,
                "the server shows neither that it could read the new key nor that it could not; "
                "with --http-get it has to send data");
}

}  // namespace

KeyUpdateSession key_update_session(const KeyUpdateQuestion& question) {
  KeyUpdateSession session;
  const bool http = !question.http_path.empty();
  Attempt made = attempt(question.server, question.context, {.http = http}, question.handshake);
  if (made.result != OfferResult::Accepted) {
    session.failed = made.because;
    return session;
  }
  ServerConnection& connection = *made.connection;
  if (question.update) {
    if (const CallEnd sent = connection.update_key(question.deadline); !sent.done()) {
      session.failed = "send a KeyUpdate: " + sent.words;
      return session;
    }
  }
  if (http) {
    session.http = fetch(connection, question.http_host, question.http_path, question.deadline);
  } else {
    session.early =
        listen_until(connection, std::min(question.deadline, SteadyClock::now() + kSilence));
  }
  if (http || session.early.how == How::TimedOut)
    session.ending = connection.close(std::min(question.deadline, SteadyClock::now() + kEnding));
  session.answered = connection.messages().key_updates > 0;
  return session;
}

ServerKeyUpdate judge_sessions(const KeyUpdateSession& without, const KeyUpdateSession& with) {
  for (const KeyUpdateSession* session : {&without, &with}) {
    if (!session->failed.empty())
      return answer(KeyUpdateSurvival::Unknown, "not tried: " + session->failed);
  }
  return with.http ? judge_content(without, with) : judge_ends(without, with);
}

}  // namespace tuner
