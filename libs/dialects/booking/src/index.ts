export { BookingDialectModule } from './booking.module.js';
