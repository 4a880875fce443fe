#include "probe/handshake/wire_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(WireMessage, MessagesSurviveARoundTrip) {
  const auto offer = read_offer(offer_message(
      {.cells = {{TlsVersion::Tls13, TlsCipher::Chacha20Poly1305}}, .bytes_each_way = 77}));
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->bytes_each_way, 77U);
  ASSERT_EQ(offer->cells.size(), 1U);
  EXPECT_EQ(offer->cells[0].version, TlsVersion::Tls13);
  EXPECT_EQ(offer->cells[0].cipher, TlsCipher::Chacha20Poly1305);
  const std::string fingerprint(64, 'a');
  EXPECT_EQ(*read_terms(terms_message(fingerprint)), fingerprint);
  const std::string ticket("\x00\xff\x10 any 16 bytes", 16);
  EXPECT_EQ(*read_ready(ready_message(ticket)), ticket);
  EXPECT_EQ(*read_report(report_message("{\"x\": 1}")), "{\"x\": 1}");
  EXPECT_EQ(*read_cell_or_goodbye(cell_message(3)), std::optional<std::size_t>(3));
  EXPECT_EQ(*read_cell_or_goodbye(goodbye_message()), std::nullopt);
}

TEST(WireMessage, ARefusalHasAFixedText) {
  const auto terms = read_terms(refusal_message(RunRefusal::Limits));
  ASSERT_FALSE(terms);
  EXPECT_EQ(terms.error().fault, Fault::Refused);
  EXPECT_EQ(terms.error().text, "the other end refuses: the requested probe exceeds its limits");
  const auto purpose = read_terms(refusal_message(RunRefusal::Purpose));
  EXPECT_EQ(purpose.error().fault, Fault::Refused);
  EXPECT_THAT(purpose.error().text, HasSubstr("it was started for another verb"));
  EXPECT_THAT(purpose.error().hint, HasSubstr("ktls-tuner bench at both ends"));
}

TEST(WireMessage, ABenchmarkIsToldFromAMalformedOffer) {
  const auto offer = read_offer(R"({"say":"bench","version":1})");
  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().fault, Fault::Unsupported);
}

TEST(WireMessage, UnknownWordsAreErrorsAndAreNotShown) {
  for (const char* text :
       {R"({"say":"no","because":"call 555-0100"})", R"({"say":"no","because":""})",
        R"({"say":"please","because":"offer"})", R"({"say":""})"}) {
    const auto terms = read_terms(text);
    ASSERT_FALSE(terms) << text;
    EXPECT_EQ(terms.error().fault, Fault::Invalid);
    EXPECT_EQ(terms.error().text, "the other end's message is malformed: an unknown word");
  }
  for (const char* words :
       {"", "ab01", "a certificate of 64 characters that are not a digest 0123456"})
    EXPECT_THAT(read_terms(terms_message(words)).error().text,
                HasSubstr("not a certificate fingerprint"));
  EXPECT_THAT(read_ready(R"({"say":"ready","ticket":"ab01"})").error().text,
              HasSubstr("the ticket has the wrong length"));
  const auto endless = read_terms(R"({"say":1,")" + std::string(5000, 'x') + "\x1b");
  EXPECT_LT(endless.error().text.size(), 400U);
}

TEST(WireMessage, AnOfferBeyondTheLimitsIsRefused) {
  const auto offer = [](const std::string& bytes, const std::string& cells) {
    return read_offer(R"({"say":"offer","bytes":)" + bytes + R"(,"cells":[)" + cells + "]}");
  };
  const std::string cell = R"({"version":"TLSv1.2","cipher":"AES-128-GCM"})";
  ASSERT_TRUE(offer("1", cell));
  EXPECT_THAT(offer("0", cell).error().text, HasSubstr("0 bytes each way, 1 to 67108864"));
  EXPECT_THAT(offer("67108865", cell).error().text, HasSubstr("67108865 bytes"));
  for (const char* bytes : {"-1", "1.5", "true", "18446744073709551617", "1e400"})
    EXPECT_EQ(offer(bytes, cell).error().fault, Fault::Invalid) << bytes;
  EXPECT_THAT(offer("-1", cell).error().text, HasSubstr("bytes: '-1' is not a whole number"));
  EXPECT_THAT(offer("1", "").error().text, HasSubstr("0 cells, 1 to 16"));
  std::string many = cell;
  for (int i = 0; i < 16; ++i) many += "," + cell;
  EXPECT_THAT(offer("1", many).error().text, HasSubstr("17 cells"));
  EXPECT_THAT(offer("1", R"({"version":"TLSv1.1","cipher":"AES-128-GCM"})").error().text,
              HasSubstr("an unknown version or cipher"));
}

TEST(WireMessage, TheCellIndexIsAWholeNumber) {
  EXPECT_EQ(read_cell_or_goodbye(R"({"say":"cell","index":3})").value(), 3U);
  for (const char* index : {"-1", "1.5", "true", "18446744073709551616", "null"}) {
    const auto cell = read_cell_or_goodbye(std::string(R"({"say":"cell","index":)") + index + "}");
    ASSERT_FALSE(cell) << index;
    EXPECT_EQ(cell.error().fault, Fault::Invalid);
  }
}

TEST(WireMessage, MalformedAndUnexpectedMessagesAreInvalid) {
  for (const char* text :
       {"", "{", "[]", "1", "{}", R"({"say":1})", R"({"say":"offer"})",
        R"({"say":"offer","bytes":"many","cells":[]})", R"({"say":"offer","bytes":1,"cells":[1]})",
        R"({"say":"terms"})", R"({"say":"no"})", "\xff\xfe"}) {
    const auto offer = read_offer(text);
    ASSERT_FALSE(offer) << text;
    EXPECT_EQ(offer.error().fault, Fault::Invalid);
    EXPECT_THAT(offer.error().text, HasSubstr("the other end's message is malformed"));
  }
  EXPECT_THAT(read_terms(goodbye_message()).error().text,
              HasSubstr("'goodbye' instead of 'terms'"));
  EXPECT_THAT(read_cell_or_goodbye(terms_message("")).error().text,
              HasSubstr("'terms' instead of 'cell'"));
  EXPECT_FALSE(read_cell_or_goodbye(R"({"say":"cell","index":"first"})"));
  EXPECT_THAT(
      read_ready(R"({"say":"ready","ticket":"xy)" + std::string(30, '0') + "\"}").error().text,
      HasSubstr("not hexadecimal"));
  EXPECT_FALSE(read_offer(std::string(100'000, '[')));
}

}  // namespace
}  // namespace tuner
