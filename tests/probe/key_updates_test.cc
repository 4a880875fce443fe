#include "probe/handshake/key_updates.h"

#include "host/files/file_tree.h"
#include "probe/handshake/key_update_session.h"
#include "probe/key_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Deadline in(seconds time) {
  return std::chrono::steady_clock::now() + time;
}

// The connection of a case in user space, with any kernel.
class KeyUpdates : public ::testing::Test {
 protected:
  void SetUp() override {
    auto identity = make_identity();
    ASSERT_TRUE(identity);
    identity_ = std::move(*identity);
  }

  KeyUpdateEnds opened(TlsRole role) {
    auto ends = key_update_ends(role, TlsCipher::Aes128Gcm, false, identity_, in(seconds(20)));
    EXPECT_TRUE(ends) << ends.error().text;
    EXPECT_EQ(error_words(open_connection(*ends, payloads_)), "");
    return std::move(*ends);
  }

  Identity identity_;
  Payloads payloads_ = make_payloads(64U << 10U);
};

// The cases themselves are sound: a library without kTLS passes all of them.
TEST_F(KeyUpdates, EveryCasePassesWithoutKtls) {
  for (const KeyUpdateCase& what : kKeyUpdateCases) {
    for (const TlsRole role : kTlsRoles) {
      KeyUpdateEnds ends = opened(role);
      const EndErrors errors = execute_case(ends, what, payloads_);
      EXPECT_EQ(error_words(errors), "") << what.what << " " << word_of(role);
      EXPECT_EQ(ends.ktls->received(), ends.peer->received());
      EXPECT_GT(ends.ktls->received(), payloads_.to_client.size());
    }
  }
}

struct Count {
  int sent = 0;
  int received = 0;
};

// A callback of libssl for each message of the protocol (SSL_CTX_set_msg_callback(3)).
void count_key_updates(int sent, int, int type, const void* bytes, std::size_t size, SSL*,
                       void* argument) {
  const auto* const message = static_cast<const unsigned char*>(bytes);
  if (type != SSL3_RT_HANDSHAKE || size < 1 || message[0] != SSL3_MT_KEY_UPDATE) return;
  auto& count = *static_cast<Count*>(argument);
  (sent != 0 ? count.sent : count.received) += 1;
}

TEST_F(KeyUpdates, ACaseSendsItsKeyUpdates) {
  for (const KeyUpdateCase& what : kKeyUpdateCases) {
    Count count;
    auto ends =
        key_update_ends(TlsRole::Server, TlsCipher::Aes128Gcm, false, identity_, in(seconds(20)));
    ASSERT_TRUE(ends);
    SSL_CTX* const context = ends->context_ktls.get();
    SSL_CTX_set_msg_callback(context, count_key_updates);
    SSL_CTX_set_msg_callback_arg(context, &count);
    ends->ktls = std::move(*TlsEnd::on(context, ends->socket_ktls(), false, in(seconds(20))));
    ASSERT_FALSE(open_connection(*ends, payloads_).any());
    ASSERT_FALSE(execute_case(*ends, what, payloads_).any());
    EXPECT_GE(count.sent, what.least_tx_keys()) << what.what;
    EXPECT_GE(count.received, what.least_rx_keys()) << what.what;
    EXPECT_EQ(count.sent == 0, what.least_tx_keys() == 0) << what.what;
    EXPECT_EQ(count.received == 0, what.least_rx_keys() == 0) << what.what;
  }
}

TEST_F(KeyUpdates, ADamagedConnectionIsReportedByTheEndThatDetectsIt) {
  KeyUpdateEnds ends = opened(TlsRole::Server);
  // Bytes that are no record, in front of the KeyUpdate of the end under test.
  ASSERT_EQ(::send(ends.socket_ktls(), "not a record", 12, 0), 12);
  const EndErrors errors = execute_case(ends, *key_update_case(3), payloads_);
  EXPECT_EQ(noticed_by(errors), KeyUpdateEnd::Peer);
  // OpenSSL looks at the version of a record first, and from 3.2 on at its type.
  EXPECT_THAT(error_words(errors),
              AnyOf(HasSubstr("wrong version number"), HasSubstr("bad record type")));
}

Error with(std::string text, int number = 0) {
  return {.fault = Fault::Io, .errno_value = number, .text = std::move(text), .hint = {}};
}

TEST(KeyUpdateErrors, AConsequenceIsNotTheCause) {
  const Error cause = with("receive: decryption failed or bad record mac");
  for (const Error& consequence :
       {with("receive: sslv3 alert bad record mac"), with("receive: ssl/tls alert internal error"),
        with("receive: unexpected eof while reading"), with("SSL_sendfile: uninitialized"),
        with("send a record: Broken pipe", EPIPE), with("receive", ECONNRESET),
        with("receive: the peer ended the connection")}) {
    EXPECT_EQ(noticed_by({.ktls = consequence, .peer = cause}), KeyUpdateEnd::Peer);
    EXPECT_EQ(noticed_by({.ktls = cause, .peer = consequence}), KeyUpdateEnd::Ktls);
    EXPECT_EQ(error_words({.ktls = consequence, .peer = cause}), cause.text);
    EXPECT_EQ(noticed_by({.ktls = consequence, .peer = {}}), KeyUpdateEnd::Ktls)
        << "its only error";
  }
  EXPECT_EQ(noticed_by({}), std::nullopt);
}

KeyUpdateRun tried(bool ask_ktls, Deadline deadline) {
  const auto files = local_file_tree();
  const KernelTls kernel = read_kernel_tls(*files);
  const LibraryFacts library;
  const auto identity = make_identity();
  EXPECT_TRUE(identity);
  return try_key_updates({.files = *files,
                          .kernel = kernel,
                          .library = library,
                          .deadline = deadline,
                          .ask_ktls = ask_ktls},
                         *identity, false);
}

TEST(TryKeyUpdates, ACaseOutsideTheKernelIsNotDone) {
  const KeyUpdateRun run = tried(false, in(seconds(60)));
  ASSERT_THAT(run.trials, SizeIs(12));
  for (const KeyUpdateTrial& trial : run.trials) {
    EXPECT_EQ(trial.result, KeyUpdateResult::NotDone);
    EXPECT_EQ(trial.tx, TlsPath::Userspace);
    EXPECT_THAT(trial.because, HasSubstr("TLS 1.3 is not in the kernel: "));
    EXPECT_THAT(trial.because, HasSubstr("not requested"));
  }
  EXPECT_EQ(judge_key_updates(run).safety, KeyUpdateSafety::Unknown);
}

TEST(TryKeyUpdates, CasesAfterTheDeadlineAreNotDone) {
  const KeyUpdateRun run = tried(true, in(seconds(0)));
  ASSERT_THAT(run.trials, SizeIs(12));
  for (const KeyUpdateTrial& trial : run.trials) {
    EXPECT_EQ(trial.result, KeyUpdateResult::NotDone);
    EXPECT_THAT(trial.because, HasSubstr("time limit"));
  }
}

}  // namespace
}  // namespace tuner
