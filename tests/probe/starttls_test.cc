#include "probe/starttls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What the client sent in the dialog, until TLS begins; or the error.
Result<std::string> talk(Starttls protocol, const std::vector<std::string>& server) {
  StarttlsDialog dialog(protocol);
  std::string sent = dialog.begin().send;
  for (const std::string& bytes : server) {
    const auto turn = TRY(dialog.take(bytes));
    sent += turn.send;
    if (turn.ready) return sent;
  }
  return fail(Fault::Internal, "no end after: " + sent);
}

// The server's bytes, one at a time.
std::vector<std::string> single(std::string_view bytes) {
  std::vector<std::string> parts;
  for (const char byte : bytes) parts.emplace_back(1, byte);
  return parts;
}

TEST(Starttls, SmtpBeginsAfterAllLinesOfAReply) {
  const auto sent = talk(
      Starttls::Smtp, {"220-mail\r\n220 ESMTP\r\n", "250-mail\r\n250-SIZE 1000\r\n250 starttls\r\n",
                       "220 2.0.0 ready\r\n"});
  ASSERT_TRUE(sent) << sent.error().text;
  EXPECT_EQ(*sent, "EHLO ktls-tuner.invalid\r\nSTARTTLS\r\n");
}

TEST(Starttls, TheSizeOfThePartsMakesNoDifference) {
  StarttlsDialog dialog(Starttls::Smtp);
  std::string sent;
  bool ready = false;
  for (const char* reply : {"220 mail\r\n", "250-mail\r\n250 STARTTLS\r\n", "220 go\r\n"}) {
    for (const std::string& byte : single(reply)) {
      const auto turn = dialog.take(byte);
      ASSERT_TRUE(turn) << turn.error().text;
      sent += turn->send;
      ready = turn->ready;
    }
  }
  EXPECT_TRUE(ready);
  EXPECT_THAT(sent, HasSubstr("STARTTLS"));
}

TEST(Starttls, ImapPassesOverUntaggedLines) {
  const auto sent = talk(Starttls::Imap, {"* OK [CAPABILITY IMAP4rev1] ready\r\n",
                                          "* CAPABILITY x\r\n", "k1 OK begin\r\n"});
  ASSERT_TRUE(sent) << sent.error().text;
  EXPECT_EQ(*sent, "k1 STARTTLS\r\n");
}

TEST(Starttls, PostgresSendsSslRequest) {
  const auto sent = talk(Starttls::Postgres, {"S"});
  ASSERT_TRUE(sent) << sent.error().text;
  EXPECT_EQ(*sent, std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8));
}

struct Refusal {
  Starttls protocol;
  std::vector<std::string> server;
  Fault fault;
  const char* text;
};

class StarttlsRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(StarttlsRefusal, HasTheServersWords) {
  const auto sent = talk(GetParam().protocol, GetParam().server);
  ASSERT_FALSE(sent) << *sent;
  EXPECT_EQ(sent.error().fault, GetParam().fault) << sent.error().text;
  EXPECT_THAT(sent.error().text, HasSubstr(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    EachState, StarttlsRefusal,
    ::testing::Values(
        Refusal{Starttls::Smtp, {"554 no service\r\n"}, Fault::Refused, "554 no service"},
        Refusal{Starttls::Smtp, {"220 x\r\n", "502 no\r\n"}, Fault::Refused, "502 no"},
        Refusal{
            Starttls::Smtp, {"220 x\r\n", "250 x\r\n"}, Fault::Refused, "does not offer STARTTLS"},
        Refusal{Starttls::Smtp,
                {"220 x\r\n", "250 STARTTLS\r\n", "454 later\r\n"},
                Fault::Refused,
                "454 later"},
        Refusal{Starttls::Smtp, {"SSH-2.0-x\r\n"}, Fault::Io, "this is not smtp"},
        Refusal{Starttls::Smtp,
                {"220 x\r\n", "250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"},
                Fault::Io,
                "not asked for: '250 injected"},
        Refusal{Starttls::Smtp, {"220 x\r\n250 early\r\n"}, Fault::Io, "not asked for"},
        Refusal{Starttls::Imap, {"* BYE full\r\n"}, Fault::Refused, "* BYE full"},
        Refusal{Starttls::Imap, {"* PREAUTH hello\r\n"}, Fault::Refused, "PREAUTH"},
        Refusal{Starttls::Imap, {"* OK x\r\n", "k1 BAD no\r\n"}, Fault::Refused, "k1 BAD no"},
        Refusal{Starttls::Imap, {"* OK x\r\n", "k1 NO no\r\n"}, Fault::Refused, "k1 NO no"},
        Refusal{Starttls::Imap, {"+OK pop\r\n"}, Fault::Io, "this is not imap"},
        Refusal{Starttls::Postgres, {"N"}, Fault::Refused, "switched off"},
        Refusal{Starttls::Postgres, {"Eold server"}, Fault::Refused, "Eold server"},
        Refusal{Starttls::Postgres, {"H"}, Fault::Io, "this is not postgres"},
        Refusal{Starttls::Postgres, {"Sx"}, Fault::Io, "not asked for: 'x'"}));

TEST(Starttls, AnEndlessGreetingEndsTheDialog) {
  StarttlsDialog dialog(Starttls::Smtp);
  Result<StarttlsTurn> turn = StarttlsTurn{};
  std::size_t sent = 0;
  for (; turn && sent < 2 * kLongestDialog; sent += 10) turn = dialog.take("220-hello\n");
  ASSERT_FALSE(turn);
  EXPECT_EQ(turn.error().fault, Fault::TooLarge);
  EXPECT_LE(sent, kLongestDialog + 20);
}

TEST(Starttls, ALineWithoutAnEndEndsTheDialog) {
  StarttlsDialog dialog(Starttls::Imap);
  const auto turn = dialog.take(std::string(kLongestDialogLine + 1, 'x'));
  ASSERT_FALSE(turn);
  EXPECT_EQ(turn.error().fault, Fault::TooLarge);
}

TEST(Starttls, TheServersWordsAreEscapedAndCut) {
  const auto sent = talk(Starttls::Smtp, {"554 \x1b[31mred" + std::string(1000, 'y') + "\r\n"});
  ASSERT_FALSE(sent);
  EXPECT_THAT(sent.error().text, HasSubstr("\\x1b[31mred"));
  EXPECT_THAT(sent.error().text, Not(HasSubstr("\x1b")));
  EXPECT_LT(sent.error().text.size(), 200U);
}

}  // namespace
}  // namespace tuner
