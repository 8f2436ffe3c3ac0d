//! any_order
