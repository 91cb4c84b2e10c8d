#include "healthlake/core/seal.hpp"

#include <gtest/gtest.h>


#include "healthlake/core/encoding.hpp"
#include "healthlake/core/hmac.hpp"
#include "support/sequential_ids.hpp"

namespace healthlake::core {
namespace {

Seal SealOf(unsigned char first) {
  Seal::Key key{};
  key[0] = first;
  return Seal(key);
}

std::string HexOf(std::string_view key, std::string_view text) {
  const auto hash = HmacSha256(key, text);
  return HexEncode(std::string(hash.begin(), hash.end()));
}

// RFC 4231 sections 4.2, 4.3 and 4.7.
TEST(HmacSha256Test, GivesTheHashesOfItsStandard) {
  EXPECT_EQ(HexOf(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HexOf("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      HexOf(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(SealTest, OpensWhatItClosed) {
  const Seal seal = SealOf(1);
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("\0\xFF b", 4), std::string(10'000, 'x')}) {
    EXPECT_EQ(seal.Open(seal.Close(bytes)), bytes);
    EXPECT_EQ(seal.Open(seal.Close(bytes, "purpose"), "purpose"), bytes);
  }
}

TEST(SealTest, OpensNothingThatWasChanged) {
  const Seal seal = SealOf(1);
  const std::string text = seal.Close("0123456789abc");
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(seal.Open(changed)) << changed;
  }
  EXPECT_FALSE(seal.Open(text.substr(4)));
  EXPECT_FALSE(seal.Open(text.substr(0, text.size() - 4)));
  EXPECT_FALSE(seal.Open(text + text));
}

TEST(SealTest, OpensNothingThatIsNone) {
  const Seal seal;
  for (const std::string_view text : {"", "=", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAA=="}) {
    EXPECT_FALSE(seal.Open(text)) << text;
  }
}

TEST(SealTest, OpensNothingOfAnotherKeyOrPurpose) {
  const std::string text = SealOf(1).Close("bytes", "purpose");
  EXPECT_FALSE(SealOf(2).Open(text, "purpose"));
  EXPECT_FALSE(Seal().Open(text, "purpose"));
  EXPECT_FALSE(SealOf(1).Open(text, "other"));
  EXPECT_FALSE(SealOf(1).Open(text));
}

TEST(SealTest, LetsNoByteMoveIntoThePurpose) {
  const Seal seal = SealOf(1);
  const std::string whole = *Base64Decode(seal.Close("ab", "c"));
  const std::string moved = Base64Encode("a" + whole.substr(2));
  EXPECT_FALSE(seal.Open(moved, "bc"));
}

TEST(SealTest, DrawsAKeyThatFillsAllItsBytes) {
  support::SequentialIds ids;
  const Seal::Key first = Seal::DrawKey(ids);
  const Seal::Key second = Seal::DrawKey(ids);
  EXPECT_NE(first, second);
  for (std::size_t word = 0; word < 4; ++word) EXPECT_EQ(first[word * 8], word + 1);
}

}  // namespace
}  // namespace healthlake::core
