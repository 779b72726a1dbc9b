// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/net/running_server.h"

namespace net::http {
namespace {

// What two parties could frame differently. https://datatracker.ietf.org/doc/html/rfc9112#section-11.2
struct Smuggled {
  const char* name;
  const char* bytes;
};

class SmugglingTest : public RunningServer, public testing::WithParamInterface<Smuggled> {};

TEST_P(SmugglingTest, IsRefusedAndTheConnectionClosed) {
  make_echo();
  ASSERT_TRUE(server_->start());
  auto client = connect();

  auto answer = client.ask(GetParam().bytes);

  EXPECT_EQ(answer.status / 100, 4) << answer.head;
  EXPECT_TRUE(client.is_closed());
}

#define POST_ECHO "POST /echo HTTP/1.1\r\nHost: t\r\n"
#define SECOND "GET /echo?smuggled HTTP/1.1\r\nHost: t\r\n\r\n"

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, SmugglingTest,
    testing::Values(
        Smuggled{"LengthThenChunked",
                 POST_ECHO "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedThenLength",
                 POST_ECHO "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"DifferingLengths", POST_ECHO "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345" SECOND},
        Smuggled{"RepeatedLength", POST_ECHO "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345" SECOND},
        Smuggled{"ListOfLengths", POST_ECHO "Content-Length: 5, 6\r\n\r\n12345" SECOND},
        Smuggled{"ListOfSameLengths", POST_ECHO "Content-Length: 5, 5\r\n\r\n12345" SECOND},
        Smuggled{"NegativeLength", POST_ECHO "Content-Length: -5\r\n\r\n12345" SECOND},
        Smuggled{"SignedLength", POST_ECHO "Content-Length: +5\r\n\r\n12345" SECOND},
        Smuggled{"HexLength", POST_ECHO "Content-Length: 0x5\r\n\r\n12345" SECOND},
        Smuggled{"EmptyLength", POST_ECHO "Content-Length: \r\n\r\n" SECOND},
        Smuggled{"LengthBeyond64Bits", POST_ECHO "Content-Length: 18446744073709551617\r\n\r\n1" SECOND},
        Smuggled{"LengthWithSpaceInside", POST_ECHO "Content-Length: 1 0\r\n\r\n1234567890" SECOND},
        Smuggled{"OtherCoding", POST_ECHO "Transfer-Encoding: gzip\r\n\r\n" SECOND},
        Smuggled{"ChunkedNotLast", POST_ECHO "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"CodingBeforeChunked", POST_ECHO "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedTwice",
                 POST_ECHO "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedWithTab", POST_ECHO "Transfer-Encoding: \x0b"
                                             "chunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedQuoted", POST_ECHO "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedMisspelt", POST_ECHO "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkedInHttp10", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECOND},
        Smuggled{"SpaceBeforeColon", POST_ECHO "Content-Length : 5\r\n\r\n12345" SECOND},
        Smuggled{"SpaceBeforeName", "POST /echo HTTP/1.1\r\n Host: t\r\n\r\n" SECOND},
        Smuggled{"NoHost", "GET /echo HTTP/1.1\r\n\r\n" SECOND},
        Smuggled{"TwoHosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" SECOND},
        Smuggled{"BareLineFeeds", "GET /echo HTTP/1.1\nHost: t\n\n" SECOND},
        Smuggled{"BareCarriageReturn", POST_ECHO "X: a\rContent-Length: 5\r\n\r\n12345" SECOND},
        Smuggled{"NulInHeader", "GET /echo HTTP/1.1\r\nHost: t\r\nX: \x01\r\n\r\n" SECOND},
        Smuggled{"ChunkSizeNotHex", POST_ECHO "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkSizeSigned", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkSizePrefixed", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkSizeBeyond64Bits",
                 POST_ECHO "Transfer-Encoding: chunked\r\n\r\n1ffffffffffffffff\r\nabc" SECOND},
        Smuggled{"ChunkLongerThanItsSize", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" SECOND},
        Smuggled{"ChunkWithLineFeed", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" SECOND},
        Smuggled{"LengthInTrailer",
                 POST_ECHO "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n" SECOND},
        Smuggled{"ControlInTarget", "GET /echo\x01 HTTP/1.1\r\nHost: t\r\n\r\n" SECOND},
        Smuggled{"TwoSpacesInRequestLine", "GET  /echo HTTP/1.1\r\nHost: t\r\n\r\n" SECOND},
        Smuggled{"NoVersion", "GET /echo\r\n\r\n" SECOND}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace net::http
