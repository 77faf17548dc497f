import{a as m}from"./chunk-HE6O7UGX.js";import"./chunk-CT35M43E.js";import"./chunk-7XMVIMRS.js";import{d as o,x as e}from"./chunk-S7R7T5PG.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
