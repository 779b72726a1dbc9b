// SPDX-License-Identifier: Apache-2.0
#include "charts/png.h"

#include <libdeflate.h>

#include <memory>
#include <string_view>

#include "charts/quantizer.h"

namespace charts {
namespace {

// Of libdeflate's 1 to 12: charts are mostly runs of one byte, where higher levels gain a percent for a third more
// time.
constexpr int kLevel = 2;

using namespace std::string_view_literals;
constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n"sv;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

void put32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

void put_chunk(std::string& out, std::string_view type, std::string_view contents) {
  put32(out, static_cast<std::uint32_t>(contents.size()));
  std::size_t checked = out.size();
  out += type;
  out += contents;
  put32(out, libdeflate_crc32(0, out.data() + checked, out.size() - checked));
}

std::string header(const IndexedImage& image) {
  std::string contents;
  put32(contents, static_cast<std::uint32_t>(image.width));
  put32(contents, static_cast<std::uint32_t>(image.height));
  // 8 bits a pixel, colour type 3 (palette), the only compression and filter methods, not interlaced.
  contents += "\x08\x03\x00\x00\x00"sv;
  return contents;
}

std::string palette(const IndexedImage& image) {
  std::string contents;
  for (std::uint32_t color : image.colors) {
    for (int shift = 16; shift >= 0; shift -= 8)
      contents += static_cast<char>(static_cast<unsigned char>(color >> shift));
  }
  return contents;
}

}  // namespace

base::Result<std::string> encode_png(const Canvas& canvas, std::span<const Color> exact) {
  IndexedImage image = quantize(canvas, exact);
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(kLevel));
  if (!compressor) return base::passing(base::Reason::kInternal, "no memory to compress a picture");
  std::string deflated(libdeflate_zlib_compress_bound(compressor.get(), image.pixels.size()), '\0');
  deflated.resize(libdeflate_zlib_compress(compressor.get(), image.pixels.data(), image.pixels.size(), deflated.data(),
                                           deflated.size()));
  std::string png(kSignature);
  put_chunk(png, "IHDR", header(image));
  put_chunk(png, "PLTE", palette(image));
  put_chunk(png, "IDAT", deflated);
  put_chunk(png, "IEND", {});
  return png;
}

}  // namespace charts
