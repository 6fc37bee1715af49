"""The look: base templates, components, tokens and small behaviours."""
