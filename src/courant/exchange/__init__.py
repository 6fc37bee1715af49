"""What comes in from elsewhere and goes out to elsewhere: one drawer per format, all meeting in one neutral article."""
