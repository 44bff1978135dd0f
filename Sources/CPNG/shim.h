#pragma once
// libpng's simplified API behind two functions: its sizes and formats are macros that Swift cannot read.

#include <png.h>
#include <stdint.h>
#include <string.h>

static inline png_image cpng_image(uint32_t side) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = side;
    image.height = side;
    image.format = PNG_FORMAT_RGB_COLORMAP;
    image.colormap_entries = 2;
    return image;
}

/// The most bytes that a square picture of this side can take.
static inline size_t cpng_capacity(uint32_t side) {
    png_image image = cpng_image(side);
    return PNG_IMAGE_PNG_SIZE_MAX(image);
}

/// Writes a square picture of one byte a pixel, 0 for white and 1 for black, as a PNG of two colours into `png`.
/// Returns its size; 0 when there was no memory or no room. Thread-safe.
static inline size_t cpng_write(const uint8_t *pixels, uint32_t side, void *png, size_t capacity) {
    static const uint8_t white_and_black[6] = {255, 255, 255, 0, 0, 0};
    png_image image = cpng_image(side);
    png_alloc_size_t size = capacity;
    int is_written = png_image_write_to_memory(&image, png, &size, 0, pixels, (png_int_32)side, white_and_black);
    return is_written ? size : 0;
}
