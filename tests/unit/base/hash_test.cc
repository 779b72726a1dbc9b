// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <gtest/gtest.h>

namespace base {
namespace {

// From FIPS 180-2, appendix B.
TEST(Hash, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DeriveId, IsTheSameInEveryRelease) {
  // SHA-256 over each part after its length in four bytes, least first; the first 16 bytes of it.
  using namespace std::string_view_literals;
  EXPECT_EQ(derive_id({}), sha256_hex("").substr(0, 32));
  EXPECT_EQ(derive_id({"abc"}), sha256_hex("\x03\0\0\0abc"sv).substr(0, 32));
  EXPECT_EQ(derive_id({"cluster", "alertmanager", "0123456789abcdef"}), "1a274bc53a879c7c72f9780776dd210f");
}

TEST(DeriveId, KeepsPartsApart) {
  EXPECT_NE(derive_id({"ab", "c"}), derive_id({"a", "bc"}));
  EXPECT_NE(derive_id({"ab", ""}), derive_id({"ab"}));
  EXPECT_NE(derive_id({"", "ab"}), derive_id({"ab", ""}));
  EXPECT_EQ(derive_id({"ab", "c"}).size(), 32u);
}

}  // namespace
}  // namespace base
