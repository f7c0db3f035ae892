"""What a person sees: tables on screen, charts, single worlds told as stories."""
