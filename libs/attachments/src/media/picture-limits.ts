export const MAX_PIXELS = 40_000_000;
/** All frames of an animation together. */
export const MAX_ANIMATION_PIXELS = 80_000_000;
export const MAX_FRAMES = 500;
export const PICTURE_LIMITS = {
  max_pixels: MAX_PIXELS,
  max_animation_pixels: MAX_ANIMATION_PIXELS,
  max_frames: MAX_FRAMES,
};
